// CommonJS and no types of one's own: everything is allowed, and what the client itself tells is typed.
import ody = require('ody-websocket');

const client = new ody.OdyWebSocketClient('ws://example.com:9502', 'key', { reconnectAttempts: 3 });
const same: ody.OdyWebSocketClient = new ody.default('ws://example.com:9502', 'key');

client
    .subscribe('orders')
    .on('shipped', (data) => data.anything.goes)
    .publish('client-x', { anything: 1 });
client.on('connected', ({ socket_id }) => socket_id.split('.'));
client.on('error', (error) => `${error.message} ${error.code ?? 0} ${error.type === 'auth'}`);
same.subscribe('presence-room', async ({ socket_id }) => ({ auth: socket_id })).members.here((all) => all.length);
const id: Promise<string> = client.connect();
void id;

// @ts-expect-error there is no such event
client.on('conected', () => {});
// @ts-expect-error the number of attempts is a number
new ody.OdyWebSocketClient('ws://example.com', 'key', { reconnectAttempts: 'many' });
// @ts-expect-error the key is missing
new ody.OdyWebSocketClient('ws://example.com');
