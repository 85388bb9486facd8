/** Step one: the connection, its state and its latency. */
import type { OdyWebSocketError } from '../src/errors.js';
import type { ConnectionState } from '../src/events.js';
import { bindAll } from './channels.js';
import { announce, at, complain, onSubmit, value } from '../shared/dom.js';
import { log } from './log.js';
import { remember, session } from './state.js';

const PING_EVERY = 5000; // ms

/** What to look at first, for codes that people meet. */
const ADVICE: Record<number, string> = {
  1006: 'Is the server running at this address? A server with TLS is reached by wss://, and a page that came by https can use nothing else.',
  4000: 'The server wants TLS: use wss://.',
  4001: 'The API key is not one of this server: see WEBSOCKET_API_KEY in its .env.',
  4003: 'The app of this API key is turned off.',
  4004: 'The server has as many connections as it may have.',
  4005: 'The server has another path: put it into the URL, such as wss://example.com/ws.',
  4009: 'The server does not want this page: see the origins that it allows.',
  4100: 'The server is too busy at the moment.',
  4200: 'The server restarts.',
};

/** There is nothing to connect while the fields say what the page is connected to. */
function refreshButtons(): void {
  const { client, url, key } = session;
  const state = client?.state ?? 'disconnected';
  const done = state === 'connected' && value('url') === url && value('key') === key;
  const connect = at<HTMLButtonElement>('connect');
  const disconnect = at<HTMLButtonElement>('disconnect');
  disconnect.disabled = state === 'disconnected' || state === 'failed';
  if (done && document.activeElement === connect) {
    disconnect.focus(); // a button that is off loses the focus to nobody
  }
  connect.disabled = done;
}

function showState(state: ConnectionState): void {
  const element = at('state');
  element.textContent = state;
  element.dataset['state'] = state;
  refreshButtons();
  at('socket-id').textContent = session.client?.getSocketId() ?? '–';
  if (state !== 'connected') {
    at('latency').textContent = '–';
  }
}

function advise({ message, code }: OdyWebSocketError): string {
  const advice = code === undefined ? undefined : ADVICE[code];
  return advice ? `${message}. ${advice}` : message;
}

async function measure(): Promise<void> {
  const { client } = session;
  if (client?.isConnected() && !document.hidden) {
    const milliseconds = await client.ping().catch(() => null);
    at('latency').textContent = milliseconds === null ? '–' : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  }
}

function watch(client: NonNullable<typeof session.client>): void {
  client.on('state', ({ current, previous }) => {
    showState(current);
    announce(current);
    if (current === 'disconnected' || current === 'connecting') {
      log('client', current, previous === 'unavailable' ? {} : { data: { url: session.url } });
    }
  });
  client.on('connected', ({ socket_id }) => {
    complain('connect-problem', '');
    log('client', 'connected', { data: { socket_id } });
    void measure();
  });
  client.on('disconnected', (data) => log('client', 'connection ended', { data }));
  client.on('reconnecting', ({ attempt, delay }) =>
    log('client', `attempt ${attempt} ${delay ? `in ${(delay / 1000).toFixed(1)} s` : 'at once'}`),
  );
  client.on('error', (error) => {
    log('problem', advise(error), error.channel === undefined ? {} : { channel: error.channel });
    if (error.type === 'connection') {
      complain('connect-problem', advise(error));
    }
  });
}

/** Leaves the old connection, if there is one to something else, and makes the new one. */
function connect(): void {
  const url = value('url');
  const key = value('key');
  complain('connect-problem', '');
  if (!url || !key) {
    complain('connect-problem', `The ${url ? 'API key' : 'URL of the server'} is missing.`, url ? 'key' : 'url');
    return;
  }
  remember();
  if (session.client && (session.url !== url || session.key !== key)) {
    session.client.disconnect();
    session.client.off();
    session.client = null;
  }
  try {
    session.client ??= open(url, key);
  } catch (error) {
    complain('connect-problem', (error as Error).message, 'url');
    return;
  }
  session.client.connect().catch(() => {}); // the events say it
}

function open(url: string, key: string): NonNullable<typeof session.client> {
  const client = new OdyWebSocketClient(url, key, { autoConnect: false });
  Object.assign(session, { client, url, key });
  watch(client);
  bindAll(client);
  return client;
}

export function startConnect(): void {
  onSubmit('connect-form', connect);
  at('connect-form').addEventListener('input', refreshButtons);
  at('disconnect').addEventListener('click', () => {
    session.client?.disconnect();
    at('connect').focus();
  });
  setInterval(() => void measure(), PING_EVERY);
}
