/** Step two: the channels, what became of them, and who is there. */
import type { Channel } from '../src/channel.js';
import type { OdyWebSocketClient } from '../src/client.js';
import type { Member } from '../src/members.js';
import { announce, at, complain, make, onSubmit, text } from '../shared/dom.js';
import { log, offer } from './log.js';
import { remember, session } from './state.js';
import { channelName, missing, refreshToken, token } from './token.js';

const MEMBERS_SHOWN = 100;
const NAME = 80; // characters of a member's name

interface Card {
  channel: Channel;
  item: HTMLElement;
  state: HTMLElement;
  members: HTMLElement;
}

const cards = new Map<string, Card>();

/** What people call a member. */
function nameOf({ user_id, user_info }: Member): string {
  const name: unknown = user_info?.name;
  const words = typeof name === 'string' && name ? `${name} (${user_id})` : user_id;
  return words.length > NAME ? `${words.slice(0, NAME)}…` : words;
}

function say(card: Card, state: 'waiting' | 'subscribed' | 'refused', words: string): void {
  card.state.dataset['state'] = state;
  card.state.textContent = words;
}

function showMembers({ channel, members, ...card }: Card): void {
  const { me, count } = channel.members;
  if (!channel.name.startsWith('presence-') || !channel.subscribed) {
    members.replaceChildren();
    return;
  }
  const shown = channel.members.all().slice(0, MEMBERS_SHOWN);
  members.replaceChildren(
    ...shown.map((member) => {
      const mine = member.user_id === me?.user_id;
      const item = make('li', mine ? 'member me' : 'member', `${nameOf(member)}${mine ? ' – you' : ''}`);
      item.title = text(member.user_info, 0, 500);
      return item;
    }),
  );
  const more = count > shown.length ? `, the first ${shown.length} shown` : '';
  say({ channel, members, ...card }, 'subscribed', `subscribed, ${count} ${count === 1 ? 'member' : 'members'}${more}`);
}

function listNames(): void {
  at('no-channels').hidden = cards.size > 0;
  at('channel-names').replaceChildren(
    ...Array.from(cards.keys(), (name) => {
      const option = make('option', '') as HTMLOptionElement;
      option.value = name;
      return option;
    }),
  );
}

function leave(card: Card): void {
  const { channel, item } = card;
  channel.unsubscribe();
  item.remove();
  cards.delete(channel.name);
  listNames();
  log('client', 'unsubscribed', { channel: channel.name });
  announce(`Unsubscribed from ${channel.name}`);
  at('channel-name').focus();
}

function card(channel: Channel): Card {
  const state = make('p', 'channel-state', 'waiting');
  const members = make('ul', 'members');
  const button = make('button', 'quiet', 'Unsubscribe') as HTMLButtonElement;
  button.type = 'button';
  button.setAttribute('aria-label', `Unsubscribe from ${channel.name}`);
  members.setAttribute('aria-label', `Members of ${channel.name}`);
  const head = make('div', 'channel-head', make('span', 'channel-name', channel.name), button);
  const made = { channel, item: make('li', 'channel', head, state, members), state, members };
  button.addEventListener('click', () => leave(made));
  at('channels').append(made.item);
  return made;
}

/** Tells what the channel tells. Its events come by the client's `message`. */
function follow(made: Card): void {
  const { channel } = made;
  const { name } = channel;
  const member = (words: string) => (one: Member) => {
    showMembers(made);
    log('member', `${nameOf(one)} ${words}`, { channel: name, data: one.user_info });
  };
  channel
    .on('subscription_succeeded', () => {
      say(made, 'subscribed', 'subscribed');
      showMembers(made);
      log('client', 'subscribed', { channel: name });
      announce(`Subscribed to ${name}`);
    })
    .on('subscription_error', ({ message }) => {
      say(made, 'refused', message);
      showMembers(made);
      log('problem', message, { channel: name });
      announce(`No subscription to ${name}: ${message}`);
    })
    .on('cache_miss', () => log('client', 'the cache holds no event', { channel: name }))
    .on('subscription_count', (data) =>
      log('client', 'subscriptions', { channel: name, data: data.subscription_count }),
    );
  channel.members.joining(member('joined')).leaving(member('left'));
}

function subscribe(client: OdyWebSocketClient, name: string, data: ReturnType<typeof token>): void {
  const known = cards.get(name);
  if (known) {
    say(known, 'waiting', 'waiting');
  }
  const channel = client.subscribe(name, data);
  if (known?.channel !== channel) {
    const made = card(channel);
    cards.set(name, made);
    follow(made);
    offer(name);
    listNames();
  } else if (channel.subscribed) {
    say(known, 'subscribed', 'subscribed');
    showMembers(known);
  }
}

/** Follows another client. The channels of the one before are gone. */
export function bindAll(client: OdyWebSocketClient): void {
  at('channels').replaceChildren();
  cards.clear();
  listNames();
  client.on('state', ({ current }) => {
    refreshToken();
    if (current !== 'connected') {
      cards.forEach((made) => {
        say(made, 'waiting', 'waiting for the connection');
        showMembers(made);
      });
    }
  });
  client.on('message', ({ event, channel, data, user_id }) =>
    log('event', event, { channel: channel ?? '', data: user_id === undefined ? data : { from: user_id, data } }),
  );
}

export function startChannels(): void {
  onSubmit('subscribe-form', () => {
    const wrong: [string, string] | null = session.client ? missing() : ['Connect first.', 'url'];
    complain('subscribe-problem', '');
    if (wrong) {
      complain('subscribe-problem', ...wrong);
      return;
    }
    remember();
    const name = channelName();
    subscribe(session.client!, name, token());
    (at('send-channel') as HTMLInputElement).value ||= name;
  });
}
