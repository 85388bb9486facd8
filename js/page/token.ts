/** Where the token of a private or presence channel comes from: an endpoint of the application, or somebody's clipboard. */
import type { AuthRequest, ChannelAuth } from '../src/options.js';
import type { SubscribeData } from '../src/channel.js';
import { announce, at, chosen, input, patience, show, text, value } from '../shared/dom.js';
import { session } from './state.js';

/** The name that the server knows the channel by. */
export function channelName(): string {
  const kind = chosen('subscribe-form', 'kind');
  const name = value('channel-name');
  const prefix = kind === 'public' ? '' : `${kind}-`;
  return name.startsWith(prefix) ? name : prefix + name;
}

/** Asks an endpoint as the client's `authEndpoint` would; its own words are told where it refuses. */
async function askEndpoint(
  endpoint: string,
  header: string,
  cookies: boolean,
  request: AuthRequest,
): Promise<ChannelAuth> {
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      credentials: cookies ? 'include' : 'omit',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(header ? { Authorization: header } : {}),
      },
      body: JSON.stringify(request),
      signal: patience(),
    });
  } catch {
    const words = `${endpoint} gave no answer. Either it cannot be reached, or it does not allow this page (CORS).`;
    throw Object.assign(new Error(words), { status: 400 });
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok || typeof answer?.auth !== 'string') {
    const said: unknown = answer?.error ?? answer?.message;
    const why =
      typeof said === 'object' && said
        ? text(said, 0, 500)
        : said || (response.ok ? 'it answered without a token' : response.statusText);
    throw Object.assign(new Error(`${endpoint}: ${why} (status ${response.status}).`), {
      status: response.status || 400,
    });
  }
  return answer as ChannelAuth;
}

/** What subscribe() needs, from the fields as they stand now; undefined for public channels. */
export function token(): SubscribeData | undefined {
  const kind = chosen('subscribe-form', 'kind');
  if (kind === 'public') {
    return undefined;
  }
  if (chosen('subscribe-form', 'source') === 'endpoint') {
    const [endpoint, header, cookies] = [value('endpoint'), value('authorization'), input('cookies').checked];
    return (request) => askEndpoint(endpoint, header, cookies, request);
  }
  const auth = value('auth-token');
  return kind === 'presence' ? { auth, channel_data: input('channel-data').value } : { auth };
}

/** What is wrong with the fields, and where; null: nothing. */
export function missing(): [words: string, field: string] | null {
  const kind = chosen('subscribe-form', 'kind');
  if (!value('channel-name')) {
    return ['The name of the channel is missing.', 'channel-name'];
  }
  if (kind === 'public') {
    return null;
  }
  if (chosen('subscribe-form', 'source') === 'endpoint') {
    return URL.canParse?.(value('endpoint'), location.href) === false || !value('endpoint')
      ? ['The URL of the auth endpoint is missing, or is none.', 'endpoint']
      : null;
  }
  return value('auth-token') ? null : ['Paste the token, or choose “Ask my application”.', 'auth-token'];
}

function writeWho(): void {
  const who = { user_id: value('user-id'), user_info: { name: value('user-name') } };
  input('channel-data').value = JSON.stringify(who);
  refreshToken();
}

/** Shows the fields that the chosen kind needs, and the text that a token of it signs. */
export function refreshToken(): void {
  const kind = chosen('subscribe-form', 'kind');
  const source = chosen('subscribe-form', 'source');
  at('prefix').textContent = `${kind}-`;
  show('prefix', kind !== 'public');
  show('token', kind !== 'public');
  show('by-endpoint', source === 'endpoint');
  show('by-paste', source === 'paste');
  show('who', kind === 'presence');
  const socketId = session.client?.getSocketId();
  const data = kind === 'presence' ? `:${input('channel-data').value}` : '';
  input('to-sign').value = socketId ? `${socketId}:${channelName()}${data}` : 'connect first';
}

async function copy(): Promise<void> {
  const field = input('to-sign');
  field.select();
  const done = await navigator.clipboard?.writeText(field.value).then(
    () => true,
    () => false,
  );
  announce(done ? 'Copied' : 'Selected: copy it with the keyboard');
}

export function startToken(): void {
  for (const id of ['subscribe-form', 'channel-name', 'channel-data']) {
    at(id).addEventListener(id === 'subscribe-form' ? 'change' : 'input', refreshToken);
  }
  for (const id of ['user-id', 'user-name']) {
    at(id).addEventListener('input', writeWho);
  }
  at('copy-sign').addEventListener('click', () => void copy());
  writeWho();
}
