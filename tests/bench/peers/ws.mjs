// SPDX-License-Identifier: MIT
/*
 * As little of a Pusher server as the load generator needs, on Node.js with the package ws: public channels and
 * POST /apps/ID/events. One thread. Generous to it: a frame is encoded once and written past the library, what is
 * published in one turn of the loop is sent together, no signature is checked and nothing is limited.
 *
 *   npm install ws && node ws.mjs PORT
 */
import { createServer } from 'node:http';
import { Sender, WebSocketServer } from 'ws';

const port = Number(process.argv[2]);
const channels = new Map();
let frames = new Map();
let connections = 0;

const message = (event, channel, data) => JSON.stringify({ event, channel, data });
const encode = (text) => Buffer.concat(Sender.frame(Buffer.from(text), { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false }));

function flush() {
    const collected = frames;
    frames = new Map();
    for (const [channel, list] of collected) {
        const bytes = list.length === 1 ? list[0] : Buffer.concat(list);
        for (const socket of channels.get(channel) ?? []) {
            socket.write(bytes);
        }
    }
}

function publish({ name, channels: names, data }) {
    for (const channel of names) {
        const frame = encode(message(name, channel, data));
        if (frames.size === 0) {
            setImmediate(flush);
        }
        frames.has(channel) ? frames.get(channel).push(frame) : frames.set(channel, [frame]);
    }
}

const http = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
        publish(JSON.parse(Buffer.concat(parts)));
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
        response.end('{}');
    });
});

new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (client, request) => {
    const joined = new Set();
    client.on('message', (text) => {
        const { event, data } = JSON.parse(text);
        if (event === 'pusher:ping') {
            client.send('{"event":"pusher:pong","data":"{}"}');
        } else if (event === 'pusher:subscribe') {
            channels.has(data.channel) || channels.set(data.channel, new Set());
            channels.get(data.channel).add(request.socket);
            joined.add(data.channel);
            client.send(message('pusher_internal:subscription_succeeded', data.channel, '{}'));
        }
    });
    client.on('close', () => joined.forEach((channel) => channels.get(channel).delete(request.socket)));
    const data = JSON.stringify({ socket_id: `1.${++connections}`, activity_timeout: 120 });
    client.send(JSON.stringify({ event: 'pusher:connection_established', data }));
});

http.listen(port, '127.0.0.1', () => console.log(`${process.pid} listens on ${port}`));
