// A certificate authority and a certificate for 127.0.0.1, made once a run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes both in a folder. */
export function makeCertificates(folder) {
  mkdirSync(folder, { recursive: true });
  const at = (name) => join(folder, name);
  const openssl = (...parameters) => execFileSync('openssl', parameters, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Test authority', '-keyout', at('ca.key'), '-out', at('ca.crt'));
  openssl('req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', at('server.key'), '-out', at('server.csr'));
  writeFileSync(at('server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  openssl('x509', '-req', '-in', at('server.csr'), '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial',
    '-days', '2', '-extfile', at('server.ext'), '-out', at('server.crt'));
}

/** The folder that run.mjs put them into. */
export const CERTIFICATES = process.env.ODY_TEST_CERTIFICATES;
