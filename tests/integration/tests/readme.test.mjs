// The example of the README, as it stands there: three terminals.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, cleanEnvironment, makeProject } from '../lib/project.mjs';
import { Server, run, start } from '../lib/server.mjs';
import { within } from '../lib/wait.mjs';

/** The shell text of the README that stands under a terminal's number. */
function terminal(number) {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const block = new RegExp(`Terminal ${number}:[^]*?\`\`\`bash\n([^]*?)\`\`\``).exec(text);
  assert.ok(block, `the README has no terminal ${number}`);
  return block[1];
}

test('the example works as written', async () => {
  const project = await makeProject();
  symlinkSync(join(ROOT, 'tests/integration/node_modules'), join(project.folder, 'node_modules'));
  assert.match(terminal(1), /^bin\/start\n/);
  const server = await Server.start({ project });
  const options = { cwd: project.folder, env: cleanEnvironment() };
  assert.ok(terminal(2).includes('9502'), 'the example uses the default port');
  const client = start('bash', ['-c', terminal(2).replaceAll('9502', String(project.port))], options);
  await client.lines.until((line) => line === 'subscribed', 'the subscription');
  const { stdout, stderr } = await run('bash', ['-c', terminal(3)], options);
  assert.equal(stdout.trim(), '1', stderr);
  assert.equal(await client.lines.next('the message'), 'Hello world!');
  process.kill(-client.child.pid, 'SIGTERM');
  await within(client.exited, 'the end of the client');
  await server.stop();
});
