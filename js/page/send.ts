/** Step three: events of this client, and of the server by its HTTP API. */
import { announce, at, chosen, complain, input, onSubmit, patience, show, value } from '../shared/dom.js';
import { log } from './log.js';
import { remember, session } from './state.js';

const HINTS: Record<string, string> = {
  client: 'To everybody else in a channel that you are subscribed to. The name begins with “client-”.',
  server: 'To everybody in the channel, you included, as your application does with POST /api/broadcast.',
};

/** The HTTP API is where the WebSocket is, unless somebody wrote another address. */
function guessApi(): void {
  const field = input('api');
  if (!field.dataset['own']) {
    field.value = value('url').replace(/^ws/, 'http').replace(/\/+$/, '');
  }
}

/** The name that stands there until somebody writes another. */
const USUAL: Record<string, string> = { client: 'client-typing', server: 'new-message' };

function refresh(): void {
  const as = chosen('send-form', 'as');
  if (Object.values(USUAL).includes(value('event-name'))) {
    input('event-name').value = USUAL[as] ?? '';
  }
  at('as-hint').textContent = HINTS[as] ?? '';
  show('by-api', as === 'server');
  guessApi();
}

/** @returns the value of the JSON that was entered; undefined when it is none, which is told. */
function readData(): { data: unknown } | undefined {
  const entered = value('event-data');
  try {
    return { data: entered === '' ? {} : JSON.parse(entered) };
  } catch (error) {
    complain('send-problem', `The data is no JSON: ${(error as Error).message}`, 'event-data');
    return undefined;
  }
}

function sendAsClient(channel: string, event: string, data: unknown): void {
  const known = session.client?.channel(channel);
  if (!known) {
    complain('send-problem', `You are not subscribed to ${channel}.`, 'send-channel');
    return;
  }
  const name = event.startsWith('client-') ? event : `client-${event}`;
  known.publish(name, data);
  const words = known.subscribed ? `${name} was sent to ${channel}.` : `${name} is sent when ${channel} is subscribed.`;
  at('send-result').textContent = words;
  log('client', `sent ${name}`, { channel, data });
}

/** The words of an answer that is no success. */
async function refusal(response: Response): Promise<string> {
  const answer = (await response.text()).slice(0, 500);
  let words = answer;
  try {
    words = String(JSON.parse(answer).error ?? answer);
  } catch {
    // The API answers in plain text, too.
  }
  return `The server answered ${response.status}: ${words || response.statusText}`;
}

async function sendAsServer(channel: string, event: string, data: unknown): Promise<void> {
  const url = `${value('api').replace(/\/+$/, '')}/api/broadcast`;
  const key = input('broadcast-key').value;
  const body = { channel, event, data, api_key: value('key'), ...(key ? { broadcast_key: key } : {}) };
  const button = at<HTMLButtonElement>('send');
  button.disabled = true;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: patience(),
    });
    if (!response.ok) {
      complain('send-problem', await refusal(response));
      return;
    }
    const { sent_to: count } = (await response.json()) as { sent_to: number };
    const words = `${event} reached ${count} ${count === 1 ? 'subscriber' : 'subscribers'} of ${channel}.`;
    at('send-result').textContent = words;
    log('client', `server sent ${event}`, { channel, data });
  } catch {
    complain('send-problem', `${url} gave no answer. Is the HTTP API of the server on, and at this address?`);
  } finally {
    button.disabled = false;
  }
}

function send(): void {
  const channel = value('send-channel');
  const event = value('event-name');
  at('send-result').textContent = '';
  complain('send-problem', '');
  if (!channel || !event) {
    complain(
      'send-problem',
      `The ${channel ? 'event' : 'channel'} is missing.`,
      channel ? 'event-name' : 'send-channel',
    );
    return;
  }
  const read = readData();
  if (read) {
    remember();
    if (chosen('send-form', 'as') === 'client') {
      sendAsClient(channel, event, read.data);
    } else {
      void sendAsServer(channel, event, read.data).then(() => announce(at('send-result').textContent ?? ''));
    }
  }
}

export function startSend(): void {
  onSubmit('send-form', send);
  document.querySelectorAll('input[name=as]').forEach((radio) => radio.addEventListener('change', refresh));
  at('url').addEventListener('input', guessApi);
  at('api').addEventListener('input', () => (input('api').dataset['own'] = 'yes'));
  refresh();
}
