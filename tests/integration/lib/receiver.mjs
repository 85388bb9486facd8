// A receiver of webhooks. Each request is checked by an unmodified `pusher` server SDK.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import Pusher from 'pusher';
import { CERTIFICATES } from './certificates.mjs';
import { Inbox } from './wait.mjs';

const open = new Set();

/** Ends the receivers of a test. */
export function closeReceivers() {
  open.forEach((receiver) => receiver.stop());
  open.clear();
}

export class Receiver {
  /** Listens. `tokens` are the keys that count besides the first. */
  static async start({ key, secret }, { port = 0, secure = false, tokens = [] } = {}) {
    const receiver = new Receiver();
    receiver.sdk = new Pusher({ appId: '1', key, secret });
    receiver.tokens = tokens;
    receiver.status = 200;
    /** Webhooks that are valid, and all their events one by one. */
    receiver.hooks = new Inbox();
    receiver.events = new Inbox();
    /** Requests that are not. */
    receiver.invalid = [];
    const files = secure
      ? { key: readFileSync(join(CERTIFICATES, 'server.key')), cert: readFileSync(join(CERTIFICATES, 'server.crt')) }
      : {};
    receiver.server = (secure ? createSecureServer : createServer)(files, (request, response) => receiver.#take(request, response));
    await new Promise((resolve) => receiver.server.listen(port, '127.0.0.1', resolve));
    receiver.port = receiver.server.address().port;
    receiver.url = `http${secure ? 's' : ''}://127.0.0.1:${receiver.port}/hook`;
    open.add(receiver);
    return receiver;
  }

  #take(request, response) {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const hook = this.sdk.webhook({ headers: request.headers, rawBody: Buffer.concat(parts).toString() });
      if (this.status === 200 && hook.isValid(this.tokens)) {
        this.hooks.push(hook);
        hook.getEvents().forEach((event) => this.events.push(event));
      } else if (this.status === 200) {
        this.invalid.push(hook);
      }
      response.writeHead(this.status, { 'Content-Type': 'text/plain' }).end('whatever');
    });
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
