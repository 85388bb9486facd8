// Where else the client runs: as a module and as a script of a page, and in workers of both kinds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../integration/lib/project.mjs';
import { Server } from '../../integration/lib/server.mjs';
import { DEADLINE } from '../../integration/lib/wait.mjs';
import { launch } from '../lib/browser.mjs';

const dist = (name) => readFileSync(join(ROOT, 'js/dist', name), 'utf8');

/** Says on `report` what it received. */
const USE = `
  const client = new OdyWebSocketClient(URL_OF_SERVER, KEY_OF_SERVER);
  const channel = client.subscribe('places');
  channel.on('subscription_succeeded', () => report('subscribed'));
  channel.on('greeting', (data) => report(data.text));
  client.on('error', (error) => report(error.message));
`;

let browser;
let server;
let site;
let files;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
  const use = USE.replace('URL_OF_SERVER', `'ws://127.0.0.1:${server.port}'`).replace('KEY_OF_SERVER', `'${server.key}'`);
  const module = `import { OdyWebSocketClient } from '/ody-websocket.mjs';`;
  files = {
    '/': ['text/html', '<!doctype html><title>x</title>'],
    '/ody-websocket.mjs': ['text/javascript', dist('ody-websocket.mjs')],
    '/ody-websocket.min.js': ['text/javascript', dist('ody-websocket.min.js')],
    '/module.js': ['text/javascript', `${module} ${use}`],
    '/script.js': ['text/javascript', use],
    '/worker.js': ['text/javascript', `importScripts('/ody-websocket.min.js'); const report = (text) => postMessage(text); ${use}`],
    '/module-worker.js': ['text/javascript', `${module} const report = (text) => postMessage(text); ${use}`],
  };
  site = createServer((request, response) => {
    const [type, text] = files[request.url] ?? ['text/plain', ''];
    response.writeHead(type === 'text/plain' ? 404 : 200, { 'Content-Type': type }).end(text);
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  await browser.close();
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
  await server.stop();
});

const PLACES = {
  'a module': () => import('/module.js'),
  'a script': async () => {
    for (const name of ['/ody-websocket.min.js', '/script.js']) {
      const script = document.createElement('script');
      script.src = name;
      document.head.append(script);
      await new Promise((resolve) => (script.onload = resolve));
    }
  },
  'a worker': () => {
    window.worker = new Worker('/worker.js');
    window.worker.onmessage = ({ data }) => report(data);
  },
  'a worker that is a module': () => {
    window.worker = new Worker('/module-worker.js', { type: 'module' });
    window.worker.onmessage = ({ data }) => report(data);
  },
};

for (const [place, begin] of Object.entries(PLACES)) {
  test(place, async () => {
    const page = await browser.newPage();
    const heard = [];
    await page.exposeFunction('report', (text) => heard.push(text));
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    await page.evaluate(begin);
    const next = async (text) => {
      for (const end = Date.now() + DEADLINE; !heard.includes(text); ) {
        assert.ok(Date.now() < end, `"${text}" is not heard, but ${JSON.stringify(heard)}`);
        await page.waitForTimeout(30);
      }
    };
    await next('subscribed');
    await server.publish('places', 'greeting', { text: `Hello, ${place}` });
    await next(`Hello, ${place}`);
    await page.close();
  });
}
