// The HTTP API as its callers use it: signed requests, by Node and by curl.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { run } from './server.mjs';
import { within } from './wait.mjs';

/**
 * A path with the parameters that sign it, which are not encoded in what is signed. `signs` are other things to
 * sign than those that are sent: { method, path, body, time, version, key, secret }.
 */
export function signedPath(app, method, path, body = '', parameters = {}, signs = {}) {
  const all = {
    ...parameters,
    auth_key: signs.key ?? app.key,
    auth_timestamp: signs.time ?? Math.floor(Date.now() / 1000),
    auth_version: signs.version ?? '1.0',
    ...(body === '' ? {} : { body_md5: createHash('md5').update(signs.body ?? body).digest('hex') }),
  };
  const names = Object.keys(all).sort();
  const text = [signs.method ?? method, signs.path ?? path, names.map((name) => `${name}=${all[name]}`).join('&')].join('\n');
  const signature = createHmac('sha256', signs.secret ?? app.secret).update(text).digest('hex');
  return `${path}?${names.map((name) => `${name}=${encodeURIComponent(all[name])}`).join('&')}&auth_signature=${signature}`;
}

/** The same for what is behind /apps/{id}. */
export function signed(app, method, path, { body = '', parameters = {}, signs = {} } = {}) {
  return signedPath(app, method, `/apps/${app.appId ?? '1'}${path}`, body, parameters, signs);
}

/** Sends any request. Returns {status, headers, text}. */
export function send({ port, method = 'GET', path, body = '', headers = {}, agent = undefined, tls = null }) {
  return within(new Promise((resolve, reject) => {
    const request = (tls ? secureRequest : plainRequest)({
      host: '127.0.0.1', port, method, path, agent, headers: { Connection: agent ? 'keep-alive' : 'close', ...headers }, ...tls,
    }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({
        status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString(),
      }));
    });
    request.on('error', reject);
    request.end(body);
  }), `an answer to ${method} ${path.split('?')[0]}`);
}

/** The API of one app of a server. Each method returns the decoded answer, or fails with the status. */
export class Api {
  constructor(server, { port = server.port, prefix = '', agent = undefined, tls = null } = {}) {
    Object.assign(this, { server, port, prefix, agent, tls });
  }

  /** Sends a signed request. `path` is behind /apps/{id}. */
  send(method, path, { body = '', parameters = {}, signs = {}, headers = {} } = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return send({
      port: this.port, method, path: this.prefix + signed(this.server, method, path, { body: text, parameters, signs }), body: text,
      agent: this.agent, tls: this.tls, headers: { 'Content-Type': 'application/json', ...headers },
    });
  }

  async get(path, parameters = {}) {
    const { status, text } = await this.send('GET', path, { parameters });
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  async post(path, body) {
    const { status, text } = await this.send('POST', path, { body });
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  /** Checks that a request is refused in plain text. */
  async refused(status, method, path, options, pattern) {
    const answer = await this.send(method, path, options);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(answer.text, pattern);
  }
}

/** Runs curl. Returns the status of the last answer and its body. */
export async function curl(...parameters) {
  const { code, stdout, stderr } = await run('curl', ['--silent', '--show-error', '--max-time', '30', '--write-out', '\n%{http_code}', ...parameters]);
  assert.equal(code, 0, stderr);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), text: stdout.slice(0, at) };
}
