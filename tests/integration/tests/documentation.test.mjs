// What docs/http.md shows, as it stands there but for the port and the keys.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { ROOT, cleanEnvironment } from '../lib/project.mjs';
import { Server, run } from '../lib/server.mjs';

let server;
let subscriber;
before(async () => {
  server = await Server.start();
  subscriber = await Client.greeted(server);
  await subscriber.subscribe('my-channel');
});
after(async () => {
  closeClients();
  await server.stop();
});

/** The first block of a language that has these words, with this server's port and keys. */
function documented(language, words) {
  const text = readFileSync(join(ROOT, 'docs/http.md'), 'utf8');
  const block = [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, one]) => one).find((one) => one.includes(words));
  assert.ok(block, `docs/http.md has a block of ${language} with "${words}"`);
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
  assert.equal(await ran('bash', ['-euc', documented('bash', '/api/broadcast')]), '{"success":true,"sent_to":1}');
  await arrives();
});

test('the signed request with curl', async () => {
  assert.equal(await ran('bash', ['-euc', documented('bash', 'auth_signature')]), '{}');
  await arrives();
});

test('the library for Node', async () => {
  await ran('node', ['--input-type=module', '-e', documented('js', 'trigger')], { cwd: join(ROOT, 'tests/integration') });
  await arrives();
});

test('the library for PHP', async () => {
  const autoload = JSON.stringify(join(ROOT, 'tests/pusher-php/7/vendor/autoload.php'));
  await ran('php', ['-r', `require ${autoload}; ${documented('php', 'trigger')}`]);
  await arrives();
});
