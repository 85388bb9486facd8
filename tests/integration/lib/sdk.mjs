// Unmodified server SDKs.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import Pusher from 'pusher';
import { PusherPhp } from './server.mjs';

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

/** An agent that keeps its connections, at most so many. */
export function keepAlive(maxSockets) {
  return new Agent({ keepAlive: true, maxSockets });
}
