// What docs/http.md, apps.md and webhooks.md show, as it stands there but for ports and keys.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { ROOT, cleanEnvironment, freePort } from '../lib/project.mjs';
import { Server, run, start } from '../lib/server.mjs';
import { accepts, eventually } from '../lib/wait.mjs';

const shop = { key: 'key-of-the-shop', secret: 'secret-of-the-shop' };
let server;
let subscriber;
let hookPort;
before(async () => {
  hookPort = await freePort();
  server = await Server.start({
    environment: {
      WEBSOCKET_APPS: JSON.stringify([{ id: 'shop', ...shop, webhooks: [] }]),
      WEBSOCKET_WEBHOOKS: JSON.stringify([{ url: `http://127.0.0.1:${hookPort}/hook.php`, channels: ['hooked'] }]),
    },
  });
  subscriber = await Client.greeted(server);
  await subscriber.subscribe('my-channel');
});
after(async () => {
  closeClients();
  await server.stop();
});

/** The block of a language in docs/FILE that has these words, with this server's port and keys. */
function documented(file, language, words) {
  const text = readFileSync(join(ROOT, 'docs', file), 'utf8');
  const block = [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, one]) => one).find((one) => one.includes(words));
  assert.ok(block, `docs/${file} has a block of ${language} with "${words}"`);
  return block.replaceAll('9502', String(server.port)).replaceAll('secret-key', server.secret).replaceAll('api-key', server.key);
}

/** Runs a program and returns what it prints. */
async function ran(program, parameters, options = {}) {
  const { code, stdout, stderr } = await run(program, parameters, {
    env: cleanEnvironment({ WEBSOCKET_API_KEY: server.key, WEBSOCKET_SECRET_KEY: server.secret }), ...options,
  });
  assert.equal(code, 0, stderr);
  return stdout;
}

const arrives = async () => assert.equal(JSON.parse((await subscriber.expect('new-message', 'my-channel')).data).text, 'Hello world!');

test('the broadcast with curl', async () => {
  assert.equal(await ran('bash', ['-euc', documented('http.md', 'bash', '/api/broadcast')]), '{"success":true,"sent_to":1}');
  await arrives();
});

test('the signed request with curl', async () => {
  assert.equal(await ran('bash', ['-euc', documented('http.md', 'bash', 'auth_signature')]), '{}');
  await arrives();
});

test('the library for Node', async () => {
  await ran('node', ['--input-type=module', '-e', documented('http.md', 'js', 'trigger')], { cwd: join(ROOT, 'tests/integration') });
  await arrives();
});

test('the library for PHP', async () => {
  const autoload = JSON.stringify(join(ROOT, 'tests/pusher-php/7/vendor/autoload.php'));
  await ran('php', ['-r', `require ${autoload}; ${documented('http.md', 'php', 'trigger')}`]);
  await arrives();
});

test('PHP publishes to another app', async () => {
  const client = await Client.greeted({ ...shop, port: server.port });
  await client.subscribe('orders');
  const autoload = JSON.stringify(join(server.project.folder, 'vendor/autoload.php'));
  const names = 'use Ody\\Websocket\\Configuration; use Ody\\Websocket\\Channel\\{ChannelAuthGenerator, HttpPublisher};';
  const values = `$key = "${shop.key}"; $secret = "${shop.secret}";`;
  const extension = `extension=${join(ROOT, 'modules/ody_websocket.so')}`;
  await ran('php', ['-d', extension, '-r', `require ${autoload}; ${names} ${values} ${documented('apps.md', 'php', 'HttpPublisher')}`]);
  assert.equal((await client.expect('shipped', 'orders')).data, '{"id":7}');
});

test('a receiver of webhooks in PHP', async () => {
  writeFileSync(join(server.project.folder, 'hook.php'), `<?php\n${documented('webhooks.md', 'php', 'hash_equals')}`);
  const receiver = start('php', ['-S', `127.0.0.1:${hookPort}`, '-t', server.project.folder], {
    env: cleanEnvironment({ WEBSOCKET_API_KEY: server.key, WEBSOCKET_SECRET_KEY: server.secret }),
  });
  await eventually(() => accepts(hookPort), 'a listening receiver');
  await subscriber.subscribe('hooked');
  await receiver.lines.until((line) => line.includes('channel_occupied in hooked'), 'a webhook');
  await receiver.lines.until((line) => /\[200\]: POST \/hook\.php/.test(line), 'its answer');
  assert.equal((await fetch(`http://127.0.0.1:${hookPort}/hook.php`, { method: 'POST', body: '{}' })).status, 401);
  receiver.child.kill();
  await receiver.exited;
});
