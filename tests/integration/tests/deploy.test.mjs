// The proxies of docs/deploy.md and examples/docker, as they stand there but for names, ports and certificates:
// clients work through them, and what clients say about their address is not believed.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CERTIFICATES } from '../lib/certificates.mjs';
import { Client, bound, closeClients, pusher, subscribed } from '../lib/clients.mjs';
import { ROOT, cleanEnvironment, freePort } from '../lib/project.mjs';
import { Server, start } from '../lib/server.mjs';
import { accepts, eventually, within } from '../lib/wait.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ody-deploy-'));
chmodSync(folder, 0o755);
let server;

before(async () => {
  server = await Server.start({
    environment: { WEBSOCKET_TRUSTED_PROXIES: '127.0.0.1', WEBSOCKET_LOG_LEVEL: 'debug' },
  });
});
after(async () => {
  closeClients();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The block of a language in docs/deploy.md. */
function documented(language) {
  const text = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))];
  assert.equal(blocks.length, 1, `docs/deploy.md has one block of ${language}`);
  return blocks[0][1];
}

/** Puts the values of the test into a text; each name must stand in it. */
function substituted(text, values) {
  return Object.entries(values).reduce((result, [name, value]) => {
    assert.ok(result.includes(name), `"${name}" is in the text`);
    return result.replaceAll(name, value);
  }, text);
}

/** Runs a proxy while a test works with it. */
async function behind(port, program, parameters, work) {
  const proxy = start(program, parameters, {
    env: cleanEnvironment({ PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }),
  });
  await eventually(() => accepts(port), `a listening ${program}`).catch((error) => {
    throw new Error(`${error.message}\n${proxy.output()}`);
  });
  await work();
  closeClients();
  proxy.child.kill('SIGTERM');
  await within(proxy.exited, `the end of ${program}`);
}

/** Runs nginx with the text as the content of its http block. */
function behindNginx(port, text, work) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr;
    events { worker_connections 256; }
    http { access_log off; ${temporary.join(' ')}
    ${text}
    }`);
  return behind(port, 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], work);
}

/** An event reaches pusher-js, and the server knows the client's address, whatever the client says. */
async function serves(port, { tls }) {
  const client = pusher({ key: server.key, secret: server.secret, port }, { forceTLS: tls });
  const channel = await subscribed(client, `proxied-${port}`);
  const received = bound(channel, 'through');
  assert.equal(await server.publish(`proxied-${port}`, 'through'), 1);
  await received;

  const seen = server.log.length;
  const lying = await Client.open(server, {
    port, tls, localAddress: '127.0.0.5', headers: { 'X-Forwarded-For': '203.0.113.66', Forwarded: 'for=203.0.113.67' },
  });
  assert.equal((await lying.next()).event, 'pusher:connection_established');
  await eventually(() => server.log.slice(seen).includes('"client":"127.0.0.5"'), 'the address of the client in the log');
  assert.ok(!server.log.includes('203.0.113.6'), 'the server believed a client');
}

test('nginx as in docs/deploy.md', async () => {
  const port = await freePort();
  const text = substituted(documented('nginx'), {
    '127.0.0.1:9502': `127.0.0.1:${server.port}`,
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    '/etc/ssl/certs/chat.example.org.crt': join(CERTIFICATES, 'server.crt'),
    '/etc/ssl/private/chat.example.org.key': join(CERTIFICATES, 'server.key'),
    'chat.example.org': '127.0.0.1',
  });
  await behindNginx(port, text, () => serves(port, { tls: true }));
});

test('nginx as in examples/docker', async () => {
  const port = await freePort();
  const text = substituted(readFileSync(join(ROOT, 'examples/docker/nginx.conf'), 'utf8'), {
    'websocket:9502': `127.0.0.1:${server.port}`,
    'php:9000': '127.0.0.1:9',
    'listen 80': `listen 127.0.0.1:${port}`,
    'include fastcgi_params': 'include /etc/nginx/fastcgi_params',
  });
  await behindNginx(port, text, () => serves(port, { tls: false }));
});

test('Caddy as in docs/deploy.md', async () => {
  const port = await freePort();
  const text = substituted(documented('caddy'), {
    'chat.example.org': `http://127.0.0.1:${port}`,
    '127.0.0.1:9502': `127.0.0.1:${server.port}`,
  });
  writeFileSync(join(folder, 'Caddyfile'), `{\n    admin off\n}\n${text}`);
  await behind(port, 'caddy', ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    () => serves(port, { tls: false }));
});
