// Channels and events with types of one's own.
import OdyDefault, { OdyWebSocketClient, OdyWebSocketError, type Channel, type ConnectionState } from 'ody-websocket';

interface Channels {
    orders: { shipped: { id: number }; 'client-seen': { by: string } };
    [room: `presence-room-${string}`]: { said: { text: string } };
}

interface Mine {
    invoice: { total: number };
}

const client = new OdyWebSocketClient<Channels, Mine>('ws://example.com:9502', 'key');
const orders = client.subscribe('orders');

orders.on('shipped', ({ id }) => id.toFixed());
orders.once('shipped', ({ id }, { channel, user_id }) => `${id}${channel}${user_id ?? ''}`);
orders.on('subscription_error', (error) => error instanceof OdyWebSocketError && error.status);
orders.publish('client-seen', { by: 'Ann' }).publish('seen', { by: 'Ann' }).publish('client-other', 7);
client.subscribe('presence-room-7').on('said', ({ text }) => text.trim());
client.user.on('invoice', ({ total }) => total.toFixed());
const channel: Channel<Channels['orders']> | undefined = client.channel('orders');
const state: ConnectionState = client.state;
const other: OdyDefault = new OdyDefault('ws://a', 'k');
const maybe = undefined as string | undefined;
const unset = new OdyDefault('ws://a', 'k', { authEndpoint: maybe, authCredentials: 'include' });
void [channel, state, other, unset];

// @ts-expect-error the channel has no such event
orders.on('shiped', () => {});
// @ts-expect-error its data has no such field
orders.on('shipped', ({ name }) => name);
// @ts-expect-error nor has the user
client.user.on('invoices', () => {});
// @ts-expect-error there is no such channel
client.subscribe('order');
// @ts-expect-error that is not what the event carries
orders.publish('client-seen', { by: 7 });
// @ts-expect-error nor with the prefix left out
orders.publish('seen', { by: 7 });
// @ts-expect-error what is internal is not there
client._send('x', {});
