// Clients that send what they should not. Nobody else may notice, and nothing may grow without bound.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Client, Raw, closeClients, frame, upgradeRequest } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

let server;
let witness;
let engine;
before(async () => {
  server = await Server.start({ workers: 2, environment: { WEBSOCKET_LIMIT_JSON_DEPTH: 16 } });
  engine = await server.enginePid();
  witness = await Client.greeted(server);
  await witness.subscribe('witness');
});
after(async () => {
  closeClients();
  await server.stop();
});

const bad = {
  'no JSON': 'this is no JSON',
  'an empty message': '',
  'half a message': '{"event":"pusher:ping"',
  'an array': '[1,2,3]',
  'a number': '42',
  'null': 'null',
  'no event': '{"data":{}}',
  'an event that is a number': '{"event":7}',
  'an event that is null': '{"event":null}',
  'a subscription without data': '{"event":"pusher:subscribe"}',
  'a subscription without channel': '{"event":"pusher:subscribe","data":{}}',
  'a channel that is an array': '{"event":"pusher:subscribe","data":{"channel":["a"]}}',
  'data that is a number': '{"event":"pusher:subscribe","data":5}',
  'data that is broken JSON in a string': '{"event":"pusher:subscribe","data":"{"}',
  'an unknown pusher event': '{"event":"pusher:nonsense","data":{}}',
  'an event of the server': '{"event":"pusher_internal:subscription_succeeded","channel":"x","data":"{}"}',
  'NUL inside': '{"event":"pusher:subscribe\u0000","data":{}}',
  'an escaped NUL in a name': '{"event":"pusher:subscribe","data":{"channel":"a\\u0000b"}}',
  'a lone surrogate': '{"event":"pusher:subscribe","data":{"channel":"\\ud800"}}',
  'nesting': `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  'nesting inside data': `{"event":"pusher:subscribe","data":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
  'nesting inside a string': JSON.stringify({ event: 'pusher:subscribe', data: '['.repeat(20_000) }),
  'duplicate keys': '{"event":"pusher:subscribe","event":"pusher:ping","data":{"channel":"a"}}',
  'rubbish behind the message': '{"event":"pusher:ping"} trailing',
  'a huge number': '{"event":"pusher:subscribe","data":{"channel":1e999}}',
  'presence without a user': '{"event":"pusher:subscribe","data":{"channel":"presence-x","auth":"a:b","channel_data":"{}"}}',
};
for (const [name, text] of Object.entries(bad)) {
  test(`${name}: an error, and the connection stays open`, async () => {
    const client = await Client.greeted(server);
    client.send(text);
    const { event, data } = await client.next();
    assert.ok(['pusher:error', 'pusher:subscription_error'].includes(event), event);
    if (event === 'pusher:error') {
      assert.equal(data.code, null);
    }
    client.send({ event: 'pusher:ping', data: {} });
    await client.messages.until((message) => message.event === 'pusher:pong');
  });
}

test('an unknown event that is nobody\'s prefix never closes', async () => {
  const client = await Client.greeted(server);
  client.send('{"event":"whatever","channel":"x","data":{}}');
  client.send({ event: 'pusher:ping', data: {} });
  await client.messages.until((message) => message.event === 'pusher:pong');
});

test('data of pusher events may be JSON in a string', async () => {
  const client = await Client.greeted(server);
  client.send({ event: 'pusher:subscribe', data: '{"channel":"stringy"}' });
  await client.expect('pusher_internal:subscription_succeeded', 'stringy');
});

test('a binary message: an error, and the connection stays open', async () => {
  const client = await Client.greeted(server);
  client.socket.send(Buffer.from([0, 1, 2, 255]));
  await client.refused(null);
  await client.works();
});

/** A bare socket that has shaken hands. */
async function upgraded(options = {}) {
  const raw = await Raw.open(server, options);
  raw.write(upgradeRequest(server));
  await raw.until(/connection_established/);
  return raw;
}

test('invalid UTF-8: an error or 1007, and no crash', async () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    const raw = await upgraded();
    raw.write(frame(1, Buffer.concat([Buffer.from('{"event":"'), Buffer.from(bytes), Buffer.from('"}')])));
    await raw.until(/pusher:error|\x03\xef/);
    raw.end();
  }
});

test('a message in many fragments, pings in between', async () => {
  const raw = await upgraded();
  const text = Buffer.from(JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'fragments' } }));
  for (let index = 0; index < text.length; index++) {
    raw.write(frame(index === 0 ? 1 : 0, text.subarray(index, index + 1), { final: index === text.length - 1 }));
    raw.write(frame(9, `ping ${index}`));
  }
  const answer = await raw.until(/subscription_succeeded/);
  const pings = [...answer.matchAll(/ping (\d+)/g)].map((match) => Number(match[1]));
  assert.deepEqual(pings, [...Array(text.length).keys()].slice(0, pings.length));
});

test('a frame that is cut into single bytes', async () => {
  const raw = await upgraded();
  for (const byte of frame(1, '{"event":"pusher:ping","data":{}}')) {
    raw.write(Buffer.from([byte]));
  }
  await raw.until(/pusher:pong/);
});

test('many pings at once: each gets its pong, in order', async () => {
  const raw = await upgraded();
  raw.write(Buffer.concat([...Array(50).keys()].map((number) => frame(9, `<${number}>`))));
  const answer = await raw.until(/<49>/);
  const pongs = [...answer.matchAll(/<(\d+)>/g)].map((match) => Number(match[1]));
  assert.deepEqual(pongs, [...Array(50).keys()]);
});

for (const [name, bytes] of Object.entries({
  'an unmasked frame': Buffer.from([0x81, 0x02, 0x7b, 0x7d]),
  'a reserved opcode': frame(3, 'x'),
  'a reserved bit': Buffer.concat([Buffer.from([0xc1]), frame(1, '{}').subarray(1)]),
  'a long control frame': frame(9, 'x'.repeat(126)),
  'a fragmented control frame': frame(9, 'x', { final: false }),
  'a continuation of nothing': frame(0, 'x'),
  'a length of 2^63': Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
})) {
  test(`${name} closes the connection`, async () => {
    const raw = await upgraded();
    raw.write(bytes);
    await raw.ended('a close');
  });
}

test('a message over the limit: 1009', async () => {
  const client = await Client.greeted(server);
  client.send('x'.repeat(65_537));
  await client.closedWith(1009);
});

test('a message over the limit in fragments: 1009', async () => {
  const client = await Client.greeted(server);
  for (let count = 0; count < 70; count++) {
    client.socket.send('x'.repeat(1000), { fin: false });
  }
  await client.closedWith(1009);
});

test('a message of exactly the limit is read', async () => {
  const client = await Client.greeted(server);
  const shell = JSON.stringify({ event: 'pusher:ping', data: '' });
  client.send(JSON.stringify({ event: 'pusher:ping', data: 'x'.repeat(65_536 - shell.length) }));
  await client.expect('pusher:pong');
});

test('1 MB under a raised limit', async () => {
  const large = await Server.start({
    environment: { WEBSOCKET_LIMIT_MESSAGE_SIZE: 4 << 20, WEBSOCKET_LIMIT_CLIENT_EVENT_DATA_SIZE: 2 << 20, WEBSOCKET_LIMIT_OUTBOUND_HARD: 8 << 20 },
  });
  const [a, b] = [await Client.greeted(large), await Client.greeted(large)];
  await a.subscribe('large');
  await b.subscribe('large');
  a.send({ event: 'client-large', channel: 'large', data: 'y'.repeat(1 << 20) });
  assert.equal((await b.expect('client-large', 'large')).data.length, 1 << 20);
  a.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'x'.repeat(1 << 20) } }));
  await a.refused(null);
  await large.stop();
});

test('two pipelined requests, one with a body: answered or closed, and no spinning', async () => {
  const raw = await Raw.open(server);
  const request = `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`;
  raw.write(request + request + upgradeRequest(server));
  assert.match(await raw.until(/connection_established/), /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 200 [^]*HTTP\/1\.1 101 /);
  const after = await Raw.open(server);
  after.write(upgradeRequest(server) + `POST /app/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc`);
  await after.ended('a close');
  await assertIdle();
});

/** The engine does not burn processor time: measured over several round trips of a client. */
async function assertIdle() {
  const spent = () => {
    const fields = readFileSync(`/proc/${engine}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10; // milliseconds
  };
  const started = { at: Date.now(), spent: spent() };
  await eventually(() => Date.now() - started.at >= 500, 'half a second');
  assert.ok(spent() - started.spent < 250, `the engine used ${spent() - started.spent} ms in half a second`);
}

// A server of their own: all others get the time that a machine needs that stands still for a while.
describe('the handshake time', () => {
  let impatient;
  before(async () => (impatient = await Server.start({ environment: { WEBSOCKET_LIMIT_HANDSHAKE_TIME: 1000 } })));
  after(() => impatient.stop());

  for (const [name, sent] of Object.entries({
    'nothing at all': '',
    'one byte': 'G',
    'half a request': 'GET /app/x HTTP/1.1\r\nHost: localhost\r\n',
    'half a request line': 'GET /app/xxxxxxxxxxxxxxx',
  })) {
    test(`a client that sends ${name} is cut off after it`, async () => {
      const started = Date.now();
      const raw = await Raw.open(impatient);
      raw.write(sent);
      await raw.ended('a close');
      assert.ok(Date.now() - started > 500, 'it was cut off at once');
      const line = await impatient.logged(/handshake failed.*too slow/);
      assert.equal(line.peer, '127.0.0.1');
      assert.equal(line.phase, 'head');
    });
  }

  test('a client that drips its headers is cut off after it', async () => {
    const raw = await Raw.open(impatient);
    const text = upgradeRequest(impatient, { headers: [`X-Filler: ${'x'.repeat(500)}`] });
    let index = 0;
    const drip = setInterval(() => raw.write(text[index++ % 200]), 20);
    await raw.ended('a close', 9000).finally(() => clearInterval(drip)); // by default it would be ten seconds
  });
});

test('endless headers are refused', async () => {
  const raw = await Raw.open(server);
  raw.write('GET /app/x HTTP/1.1\r\n');
  for (let count = 0; count < 2000; count++) {
    raw.write(`X-Header-${count}: ${'x'.repeat(100)}\r\n`);
  }
  await raw.ended('a close');
});

test('hundreds of hostile connections at once leave the others alone', async () => {
  const attackers = await Promise.all(Array.from({ length: 300 }, () => Raw.open(server)));
  attackers.forEach((raw, index) => raw.write(index % 3 === 0 ? 'GET /app' : index % 3 === 1 ? '\0\xff\xfe' : upgradeRequest(server) + '\x81'));
  const client = await Client.greeted(server);
  await client.works();
  attackers.forEach((raw) => raw.end());
  await eventually(async () => (await server.status()).connections <= 60, 'the end of the hostile connections');
});

test('a hundred thousand bad messages do not make the engine grow', async () => {
  const memory = () => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${engine}/smaps_rollup`, 'utf8'))[1]);
  const client = await Client.greeted(server);
  const flood = async (count) => {
    for (let number = 0; number < count; number++) {
      client.send(`{"event":"pusher:subscribe","data":{"channel":"bad name ${number}"}}`);
      if (number % 100 === 99) {
        client.send({ event: 'pusher:ping', data: {} });
        await client.messages.until((message) => message.event === 'pusher:pong');
      }
    }
  };
  await flood(5_000);
  const before = memory();
  await flood(45_000);
  assert.ok(memory() - before < 4096, `it grew by ${memory() - before} KiB`);
});

test('a client that does not read is closed, and the others get everything', async () => {
  const stalled = await upgraded();
  stalled.write(frame(1, JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'firehose' } })));
  await stalled.until(/subscription_succeeded/);
  stalled.socket.pause();
  const reader = await Client.greeted(server);
  await reader.subscribe('firehose');
  let reached = 2;
  let number = 0;
  for (; reached === 2 && number < 2000; number++) {
    reached = await server.publish('firehose', 'drop', { number, filler: 'z'.repeat(50_000) });
  }
  assert.equal(reached, 1, 'the stalled client was never closed');
  for (let expected = 0; expected < number; expected++) {
    assert.equal(JSON.parse((await reader.expect('drop', 'firehose')).data).number, expected);
  }
});

test('after all this the first client is still served, by the same engine', async () => {
  assert.equal(await server.publish('witness', 'alive'), 1);
  await witness.expect('alive', 'witness');
  assert.equal(await server.enginePid(), engine, 'the engine was replaced: it crashed');
});
