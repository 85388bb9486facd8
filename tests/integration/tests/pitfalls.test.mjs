// The HTTP API byte by byte: how requests arrive, what every answer carries, what must be signed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, Raw, closeClients } from '../lib/clients.mjs';
import { Api, send, signed, signedPath } from '../lib/http.mjs';
import { Server } from '../lib/server.mjs';

const OTHER = { appId: 'other', key: 'other-key', secret: 'other-secret' };
let server;
let api;
let subscriber;
before(async () => {
  server = await Server.start({
    workers: 2,
    environment: { WEBSOCKET_LIMIT_HANDSHAKE_TIME: 600_000 }, // some requests come very slowly
    configuration: `<?php return ['apps' => [['id' => 'other', 'key' => 'other-key', 'secret' => 'other-secret']]];`,
  });
  api = new Api(server);
  subscriber = await Client.greeted(server);
  await subscriber.subscribe('news');
});
after(async () => {
  closeClients();
  await server.stop();
});

const event = (data) => JSON.stringify({ name: 'e', channel: 'news', data });

/** A signed POST of an event, as bytes. */
function publish(data) {
  const body = event(data);
  return Buffer.from([
    `POST ${signed(server, 'POST', '/events', { body })} HTTP/1.1`, 'Host: 127.0.0.1',
    'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, '', body,
  ].join('\r\n'));
}

/** Sends bytes in pieces. Between two pieces another request is answered, so each is read by itself. */
async function inPieces(bytes, ends) {
  const raw = await Raw.open(server);
  let begin = 0;
  for (const end of [...ends, bytes.length]) {
    raw.write(bytes.subarray(begin, end));
    assert.equal((await send({ port: server.port, path: '/up' })).status, 200);
    begin = end;
  }
  return raw;
}

/** The answers that came on a bare connection, one after the other: [{ status, headers, body }]. */
async function answers(raw, count, { without = [] } = {}) {
  const found = [];
  for (let from = 0; found.length < count;) {
    const text = await raw.until(new RegExp(`^[^]{${from}}HTTP/1\\.1 [^]*?\\r\\n\\r\\n`));
    const end = text.indexOf('\r\n\r\n', from) + 4;
    const [first, ...lines] = text.slice(from, end - 4).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.split(':')[0].toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const bare = without.includes(found.length);
    const length = bare ? 0 : Number(headers['content-length'] ?? assert.fail(`no Content-Length: ${first} ${lines}`));
    const body = (await raw.until(new RegExp(`^[^]{${end + length}}`))).slice(end, end + length);
    found.push({ status: Number(first.split(' ')[1]), headers, body });
    from = end + length;
  }
  return found;
}

describe('pitfall 11', () => {
  const large = `${'x'.repeat(40_000)}é`;
  // Where the pieces end.
  const cases = {
    'head and body one after the other': ({ head }) => [head],
    'two halves of a body': ({ size }) => [size - 20_000],
    'a head in two pieces, a body in two': ({ size }) => [25, size - 20_000],
    'the last byte by itself': ({ size }) => [size - 1],
    'within a character': ({ size }) => [size - 3],
    'a body of many pieces': ({ head }) => Array.from({ length: 40 }, (_, index) => head + 1000 * index),
  };
  for (const [what, ends] of Object.entries(cases)) {
    test(`pitfall 11: ${what}`, async () => {
      const bytes = publish(large);
      const raw = await inPieces(bytes, ends({ size: bytes.length, head: bytes.indexOf('\r\n\r\n') + 4 }));
      assert.equal((await answers(raw, 1))[0].body, '{}');
      assert.ok((await subscriber.expect('e', 'news')).data === large, 'other data');
    });
  }

  test('pitfall 11: a request that comes byte by byte', async () => {
    const bytes = publish('slow');
    const raw = await inPieces(bytes, Array.from({ length: bytes.length - 1 }, (_, index) => index + 1));
    assert.equal((await answers(raw, 1))[0].body, '{}');
    assert.equal((await subscriber.expect('e', 'news')).data, 'slow');
  });

  test('pitfall 11: several requests in one piece, and cut within the second', async () => {
    const bytes = Buffer.concat([publish('first'), publish('second'), publish('third')]);
    for (const ends of [[], [Math.floor(bytes.length / 2)]]) {
      const raw = await inPieces(bytes, ends);
      assert.deepEqual((await answers(raw, 3)).map(({ body }) => body), ['{}', '{}', '{}']);
      for (const data of ['first', 'second', 'third']) {
        assert.equal((await subscriber.expect('e', 'news')).data, data);
      }
    }
  });

  test('pitfall 11: a chunked body', async () => {
    const body = event('in chunks');
    const head = `POST ${signed(server, 'POST', '/events', { body })} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunks = [body.slice(0, 9), body.slice(9)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
    const bytes = Buffer.from(`${head}${chunks}0\r\n\r\n`);
    const raw = await inPieces(bytes, [head.length, head.length + 5, head.length + 20]);
    assert.equal((await answers(raw, 1))[0].body, '{}');
    assert.equal((await subscriber.expect('e', 'news')).data, 'in chunks');
  });

  test('pitfall 11: who gives up in the middle publishes nothing', async () => {
    const bytes = publish('never');
    (await inPieces(bytes.subarray(0, bytes.length - 1), [])).end();
    const half = await inPieces(bytes.subarray(0, bytes.length - 1), []);
    half.socket.end();
    await half.ended('the end of half a request');
    await subscriber.works();
  });
});

describe('pitfall 12', () => {
  test('pitfall 12: the largest event and the largest batch are taken', async () => {
    const data = '"'.repeat(102_400);
    assert.equal((await api.send('POST', '/events', { body: event(data) })).status, 200);
    assert.ok((await subscriber.expect('e', 'news')).data === data, 'other data');
    const batch = Array.from({ length: 10 }, () => ({ name: 'e', channel: 'elsewhere', data }));
    assert.equal((await api.send('POST', '/batch_events', { body: { batch } })).status, 200);
  });

  test('pitfall 12: what is too large is told so, with the limit', async () => {
    const refused = async (path, body, text) => {
      const answer = await api.send('POST', path, { body });
      assert.deepEqual([answer.status, answer.headers['content-type']], [413, 'text/plain; charset=utf-8']);
      assert.match(answer.text, text);
    };
    const data = 'x'.repeat(102_401);
    await refused('/events', event(data), /content of this event exceeds the allowed maximum \(102400 bytes\)/);
    await refused('/batch_events', { batch: [{ name: 'e', channel: 'news', data }] }, /content of this event exceeds/);
    const batch = Array.from({ length: 11 }, () => ({ name: 'e', channel: 'news', data: '' }));
    await refused('/batch_events', { batch }, /^Batch too large: it has 11 events, at most 10 are allowed$/);
    await refused('/events', event('x'.repeat(4_000_000)), /^The request body exceeds the allowed maximum \(2062240 bytes\)$/);
    await subscriber.works();
  });
});

describe('pitfall 13', () => {
  test('pitfall 13: every answer says how long it is', async () => {
    const request = (method, target, headers = []) =>
      [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', ...(method === 'POST' ? ['Content-Length: 0'] : []), ...headers, '', ''].join('\r\n');
    const ofApp = (method, path, options) => request(method, signed(server, method, path, options));
    const requests = [
      [200, ofApp('GET', '/channels')], [200, ofApp('GET', '/channels/news')], [200, ofApp('GET', '/channels/presence-x/users')],
      [200, ofApp('POST', '/users/x/terminate_connections')], [202, ofApp('POST', '/channels/x/events', { parameters: { name: 'e' } })],
      [200, ofApp('GET', '/connections')], [200, ofApp('GET', '/channels/news/subscribers')],
      [200, request('GET', '/')], [200, request('GET', '/up')], [200, request('GET', '/ready')], [200, request('GET', '/metrics')],
      [200, request('GET', '/usage')], [200, request('GET', '/accept-traffic')], [200, request('GET', '/health')],
      [204, request('OPTIONS', '/api/broadcast')], [400, request('POST', '/api/broadcast')], [400, ofApp('POST', '/events')],
      [401, request('GET', '/apps/1/channels')], [404, request('GET', '/nothing')], [404, request('GET', '/apps/9/channels')],
      [405, request('GET', '/api/broadcast')], [426, request('GET', `/app/${server.key}`)],
    ];
    for (const [status, text] of requests) {
      const raw = await Raw.open(server);
      raw.write(`${text}${request('GET', '/up')}`);
      const [first, second] = await answers(raw, 2, { without: status === 204 ? [0] : [] });
      assert.deepEqual([first.status, second.status], [status, 200], text);
      assert.equal(first.headers['transfer-encoding'], undefined, text);
      raw.end();
    }
  });

  test('pitfall 13: HEAD has the length of GET and no body', async () => {
    const head = `HEAD ${signed(server, 'HEAD', '/channels/news', { parameters: { info: 'subscription_count' } })} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const raw = await Raw.open(server);
    raw.write(`${head}GET /up HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [first, second] = await answers(raw, 2, { without: [0] });
    assert.deepEqual([first.headers['content-length'], second.body], [String('{"occupied":true,"subscription_count":1}'.length), '{"health":"OK"}']);
  });
});

describe('pitfall 14', () => {
  let prefixed;
  before(async () => (prefixed = await Server.start({ environment: { WEBSOCKET_PATH: '/live/ws' } })));
  after(() => prefixed.stop());

  test('pitfall 14: the path with or without its prefix, signed with it or without', async () => {
    const full = (prefix) => `${prefix}/apps/1/events`;
    for (const sent of ['', '/live/ws']) {
      for (const path of sent === '' ? [full('')] : [full(''), full(sent)]) {
        const target = sent + signed(prefixed, 'POST', '/events', { body: event('x'), signs: { path } });
        assert.equal((await send({ port: prefixed.port, method: 'POST', path: target, body: event('x') })).text, '{}', `${sent} ${path}`);
      }
    }
    const foreign = signed(prefixed, 'POST', '/events', { body: event('x'), signs: { path: full('/other') } });
    assert.equal((await send({ port: prefixed.port, method: 'POST', path: foreign, body: event('x') })).status, 401);
    assert.equal((await send({ port: prefixed.port, method: 'POST', path: `/other${foreign}`, body: event('x') })).status, 404);
    assert.equal((await send({ port: prefixed.port, path: '/live/ws/up' })).status, 200);
    const client = await Client.greeted(prefixed, { path: `/live/ws/app/${prefixed.key}` });
    await client.works();
  });

  test('pitfall 14: names in paths, signed as they are sent or decoded', async () => {
    const names = [['presence-a@b,c;d=e', 'presence-a%40b%2Cc%3Bd%3De'], ['presence-plain', 'presence%2dplain']];
    for (const [name, escaped] of names) {
      for (const path of [`/apps/1/channels/${name}/users`, `/apps/1/channels/${escaped}/users`]) {
        const answer = await api.send('GET', `/channels/${escaped}/users`, { signs: { path } });
        assert.deepEqual([answer.status, answer.text], [200, '{"users":[]}'], path);
      }
    }
    const { status, text } = await api.send('POST', '/users/a%20b%2Fc/terminate_connections', { body: '{}' });
    assert.deepEqual([status, text], [200, '{}']);
  });
});

describe('what other libraries do', () => {
  test('Python leaves the app out of a path', async () => {
    const path = signedPath(server, 'POST', '/users/nobody/terminate_connections', '{}');
    const { status, text } = await send({ port: server.port, method: 'POST', path, body: '{}' });
    assert.deepEqual([status, text], [200, '{}']);
    const unsigned = await send({ port: server.port, method: 'POST', path: '/users/nobody/terminate_connections', body: '{}' });
    assert.equal(unsigned.status, 404);
  });

  test('Go sends its query as it signs it, others encode it', async () => {
    const parameters = { filter_by_prefix: 'presence-a@b', info: 'user_count,subscription_count' };
    const encoded = signed(server, 'GET', '/channels', { parameters });
    assert.ok(encoded.includes('%2C') && encoded.includes('%40'));
    for (const path of [encoded, decodeURIComponent(encoded), encoded.replaceAll('%2C', '%2c')]) {
      const { status, text } = await send({ port: server.port, path });
      assert.deepEqual([status, text], [200, '{"channels":{}}']);
    }
  });

  test('.NET names a character set, Ruby its own type; names of parameters in any case', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'text/plain']) {
      assert.equal((await api.send('POST', '/events', { body: event('typed'), headers: { 'Content-Type': type } })).text, '{}');
      assert.equal((await subscriber.expect('e', 'news')).data, 'typed');
    }
    const path = signed(server, 'GET', '/channels/news').replace('auth_key', 'Auth_Key').replace('auth_signature', 'AUTH_SIGNATURE');
    assert.equal((await send({ port: server.port, path })).text, '{"occupied":true}');
  });
});

describe('pitfall 15', () => {
  /** Method, path, body and query of each endpoint, for a channel. */
  const endpoints = (channel) => [
    ['POST', '/events', JSON.stringify({ name: 'e', channel, data: '' })],
    ['POST', '/batch_events', JSON.stringify({ batch: [{ name: 'e', channel, data: '' }] })],
    ['POST', `/channels/${channel}/events`, 'data', { name: 'e' }],
    ['POST', '/users/nobody/terminate_connections', '{}'],
    ['POST', '/connections/1.1/events', JSON.stringify({ name: 'e', channel, data: '' })],
    ['GET', '/channels'], ['GET', `/channels/${channel}`], ['GET', `/channels/presence-${channel}/users`],
    ['GET', `/channels/${channel}/subscribers`], ['GET', '/connections'], ['GET', `/connections/1.1/channels/${channel}`],
  ];
  const wrongs = {
    'signed with another secret': { secret: 'another' },
    'signed by another app': { key: OTHER.key, secret: OTHER.secret },
    'signed by nobody': { key: '', secret: '' },
    'of another method': { method: 'PUT' },
    'of another path': { path: '/apps/1/other' },
    'of last year': { time: 1_700_000_000 },
    'of another version': { version: '2.0' },
  };
  for (const [index, [method, path, body = '', parameters = {}]] of endpoints('news').entries()) {
    test(`pitfall 15: ${method} ${path} must be signed`, async () => {
      const [, other, text = ''] = endpoints('elsewhere')[index];
      const control = await api.send(method, other, { body: text, parameters });
      assert.ok(control.status < 300, `${control.status} ${control.text}`);
      const attempts = Object.entries(wrongs).map(([what, signs]) => [what, signed(server, method, path, { body, parameters, signs })]);
      const right = signed(server, method, path, { body, parameters });
      for (const name of ['auth_key', 'auth_timestamp', 'auth_version', 'auth_signature']) {
        attempts.push([`without ${name}`, right.replace(new RegExp(`${name}=[^&]*&?`), '')]);
      }
      attempts.push(['without a query', `/apps/1${path}`], ['with one parameter more', `${right}&more=1`]);
      if (body !== '') {
        attempts.push(['with another body', signed(server, method, path, { body, parameters, signs: { body: `${body} ` } })]);
        attempts.push(['without a digest of the body', signed(server, method, path, { parameters })]);
      }
      for (const [what, target] of attempts) {
        const answer = await send({ port: server.port, method, path: target, body });
        assert.equal(answer.status, 401, `${what}: ${answer.text}`);
        assert.notEqual(answer.text, '');
      }
    });
  }

  test('pitfall 15: nothing came of all that', () => subscriber.works());
});
