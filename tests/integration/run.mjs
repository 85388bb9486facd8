// Runs the integration tests: node tests/integration/run.mjs [name …], such as "smoke" or "tls".
// Each test file is a process with servers of its own. Most of the time it waits, so several run side by side.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTwice } from './lib/attempts.mjs';
import { makeCertificates } from './lib/certificates.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const names = process.argv.slice(2);
const files = readdirSync(join(here, 'tests'))
  .filter((file) => file.endsWith('.test.mjs') && (names.length === 0 || names.includes(file.replace('.test.mjs', ''))))
  .map((file) => join(here, 'tests', file));
if (files.length === 0) {
  console.error(`no test file is called ${names.join(', ')}`);
  process.exit(1);
}

const certificates = mkdtempSync(join(tmpdir(), 'ody-certificates-'));
process.on('exit', () => rmSync(certificates, { recursive: true, force: true }));
makeCertificates(certificates);
Object.assign(process.env, {
  NODE_NO_WARNINGS: '1', // pusher-js gives TLS an address as name, of which Node warns
  ODY_TEST_CERTIFICATES: certificates,
  NODE_EXTRA_CA_CERTS: join(certificates, 'ca.crt'),
});
await runTwice(files, availableParallelism() + 1);
