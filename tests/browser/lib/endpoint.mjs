// The application's auth endpoint, on another origin than the page, as it usually is.
import { createServer } from 'node:http';
import { authorize } from '../../integration/lib/clients.mjs';

const CORS = {
  'Access-Control-Allow-Headers': 'content-type, accept, authorization',
  'Access-Control-Allow-Credentials': 'true',
};

export class Endpoint {
  requests = [];
  refusal = null; // [status, answer] for everybody
  user = { user_id: '7', user_info: { name: 'Ann' } };

  static async start(server) {
    const endpoint = new Endpoint();
    endpoint.server = server;
    endpoint.http = createServer((request, response) => endpoint.#handle(request, response));
    await new Promise((resolve) => endpoint.http.listen(0, '127.0.0.1', resolve));
    endpoint.url = `http://127.0.0.1:${endpoint.http.address().port}/broadcasting/auth`;
    return endpoint;
  }

  async #handle(request, response) {
    const origin = { 'Access-Control-Allow-Origin': request.headers.origin ?? '*', ...CORS };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, origin).end();
      return;
    }
    let body = '';
    for await (const part of request) {
      body += part;
    }
    const asked = JSON.parse(body);
    this.requests.push({ ...asked, authorization: request.headers.authorization });
    const [status, answer] = this.refusal ?? [200, authorize(this.server, asked.socket_id, asked.channel_name, this.user)];
    response.writeHead(status, { ...origin, 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  stop() {
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }
}
