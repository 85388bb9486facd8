// Runs the integration tests: node tests/integration/run.mjs [name …], such as "smoke" or "tls".
// One test file at a time is one process; files run side by side, each with servers of its own.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
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
makeCertificates(certificates);
const child = spawn(
  process.execPath,
  ['--test', `--test-reporter=${join(here, 'lib/reporter.mjs')}`, '--test-reporter-destination=stdout', ...files],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1', // pusher-js gives TLS an address as name, of which Node warns
      ODY_TEST_CERTIFICATES: certificates,
      NODE_EXTRA_CA_CERTS: join(certificates, 'ca.crt'),
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => child.kill(signal));
}
child.on('close', (code) => {
  rmSync(certificates, { recursive: true, force: true });
  process.exit(code ?? 1);
});
