// The HTTP API: an unmodified server SDK, and requests that are signed and sent by hand.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import Pusher from 'pusher';
import { PusherPhp } from './server.mjs';
import { within } from './wait.mjs';

/** An unmodified `pusher` of an app: the server's first one, or { appId, key, secret }. */
export function sdk(server, { app = server, ...options } = {}) {
  const { appId, key, secret } = app;
  return new Pusher({ appId, key, secret, host: '127.0.0.1', port: server.port, useTLS: false, ...options });
}

/** An unmodified `pusher/pusher-php-server` of the server's first app: version 4 or 7. */
export function phpSdk(server, version, options = {}) {
  const { appId, key, secret, port } = server;
  return new PusherPhp(version, key, secret, appId, { host: '127.0.0.1', port, scheme: 'http', useTLS: false, ...options });
}

/** What an SDK's promise was refused with, as [status, text]. */
export async function refusal(promise) {
  const error = await promise.then(
    async (answer) => assert.fail(`not refused: ${answer.status} ${await answer.text()}`),
    (reason) => reason,
  );
  assert.equal(error.name, 'PusherRequestError', String(error.stack));
  return [error.status, error.body];
}

/**
 * Path and query of a signed request of an app. `path` stands behind /apps/{id}, as it is sent; `query` is
 * what the endpoint wants; `signs` changes what is signed: { method, path, body, time, version, key, secret }.
 */
export function signed(app, method, path, { body = '', query = {}, signs = {} } = {}) {
  const full = `/apps/${app.appId}${path}`;
  const parameters = {
    ...query,
    auth_key: signs.key ?? app.key,
    auth_timestamp: signs.time ?? Math.floor(Date.now() / 1000),
    auth_version: signs.version ?? '1.0',
    ...(body === '' ? {} : { body_md5: createHash('md5').update(signs.body ?? body).digest('hex') }),
  };
  const pairs = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = [signs.method ?? method, signs.path ?? full, pairs.map((pair) => pair.join('=')).join('&')].join('\n');
  const signature = createHmac('sha256', signs.secret ?? app.secret).update(text).digest('hex');
  const escaped = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${full}?${[...escaped, `auth_signature=${signature}`].join('&')}`;
}

/** Sends a request as it is. Returns { status, headers, body }. */
export function send(server, method, target, { body = '', headers = {}, agent = undefined } = {}) {
  return within(new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: server.port, method, path: target, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  }), `the answer to ${method} ${target}`);
}

/** Sends a signed request to the server's first app, or to another. Returns { status, headers, body }. */
export function ask(server, method, path, { app = server, body = '', query = {}, signs = {}, ...options } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(server, method, signed(app, method, path, { body: text, query, signs }), { body: text, ...options });
}

/** An agent that keeps its connections, at most so many. */
export function keepAlive(maxSockets) {
  return new Agent({ keepAlive: true, maxSockets });
}
