/** Channels: all of them, and one with who is in it and what is said. */
import { make } from '../shared/dom.js';
import { ApiError, get, sentence } from './api.js';
import { app, appField, counted, remember } from './apps.js';
import { count, duration, plural } from './format.js';
import { pretty } from './entry.js';
import { List } from './list.js';
import { live } from './samples.js';
import { sendForm } from './send.js';
import { Tail } from './tail.js';
import { type Route, type View, anchor, heading, keep, link, register, stopAll } from './views.js';

interface ChannelRow {
  name: string;
  type: string;
  subscribers: number;
  users: number;
}

interface Details extends ChannelRow {
  cached?: string;
  cached_for?: number;
}

const AGAIN = 3000; // ms

/** A field above a list. */
export function filterField(
  words: string,
  placeholder: string,
  first: string,
  changed: () => void,
): { element: HTMLElement; value: () => string; stop: () => void } {
  const label = make('label', '', words) as HTMLLabelElement;
  const control = make('input', '') as HTMLInputElement;
  label.htmlFor = control.id = 'filter';
  control.placeholder = placeholder;
  control.value = first;
  control.spellcheck = false;
  control.autocapitalize = 'none';
  control.autocomplete = 'off';
  control.type = 'search';
  let soon: ReturnType<typeof setTimeout> | undefined;
  control.addEventListener('input', () => {
    clearTimeout(soon);
    soon = setTimeout(changed, 200);
  });
  const stop = (): void => clearTimeout(soon);
  return { element: make('div', 'field grow', label, control), value: () => control.value.trim(), stop };
}

function channelList(filter: () => string, own: () => string): List<ChannelRow> {
  return new List<ChannelRow>({
    name: 'channels',
    parameters: () => ({ app: own(), find: filter() }),
    key: ({ name }) => name,
    caption: 'Channels, the largest first',
    empty: () =>
      filter() ? 'No channel that somebody is subscribed to begins like that.' : 'Nobody is subscribed to a channel.',
    columns: [
      { title: 'Channel', cell: ({ name }) => anchor(name, 'channel', own(), name) },
      { title: 'Kind', cell: ({ type }) => type, wide: true },
      { title: 'Connections', cell: ({ subscribers }) => count(subscribers), numeric: true },
      {
        title: 'Users',
        cell: ({ type, users }) => (type.startsWith('presence') ? count(users) : ''),
        numeric: true,
        wide: true,
      },
    ],
  });
}

/** The tools above a list of what belongs to one app; what is entered can be opened by its name, and stands in the address. */
export function nameTools(
  [views, view]: [string, string],
  words: [string, string],
  [, first = '', find = '']: Route,
  changed: () => void,
): { element: HTMLElement; value: () => string; own: () => string; stop: () => void } {
  const turned = (): void => {
    keep(views, filter.value() || !apps.element.hidden ? own() : '', filter.value());
    changed();
  };
  const filter = filterField(words[0], words[1], find, turned);
  const apps = appField(turned, false, first);
  const own = (): string => apps.value() || app();
  const element = make('form', 'tools', filter.element, apps.element);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (filter.value()) {
      location.hash = link(view, own(), filter.value());
    }
  });
  return { element, value: filter.value, own, stop: stopAll(filter, apps) };
}

function channels(route: Route): View {
  const open = make('p', 'hint');
  const offer = (): void => {
    const name = tools.value();
    open.replaceChildren(...(name ? ['Watch ', anchor(name, 'channel', tools.own(), name), ' in any case.'] : []));
  };
  const tools = nameTools(['channels', 'channel'], ['Name begins with', 'presence-'], route, () => {
    list.restart();
    offer();
  });
  offer();
  const list = channelList(tools.value, tools.own);
  const title = counted('Channels', 'channels', tools.own);
  return {
    title: 'Channels',
    element: make('section', 'card', title.element, tools.element, open, list.element),
    leave: stopAll(list, tools, title),
  };
}

/** The numbers of one channel, kept up to date. */
function head(own: string, name: string): { element: HTMLElement; stop: () => void } {
  const facts = make('p', 'facts-line', '…');
  const summary = make('summary', '');
  const text = make('pre', '');
  const cached = make('details', 'kept', summary, text);
  const ask = async (): Promise<void> => {
    try {
      const details = await get<Details>('channel', { app: own, name });
      const users = details.type.startsWith('presence') ? `, ${plural(details.users, 'user')}` : '';
      facts.textContent = `${details.type} · ${plural(details.subscribers, 'connection')}${users}`;
      cached.hidden = details.cached === undefined;
      summary.textContent = `Keeps its last event for another ${duration(details.cached_for ?? 0)}`;
      text.textContent = pretty(details.cached ?? '');
    } catch (error) {
      facts.textContent = (error as ApiError).status === 0 ? facts.textContent : sentence(error);
    }
  };
  cached.hidden = true;
  const timer = setInterval(() => live() && void ask(), AGAIN);
  void ask();
  return { element: make('div', '', facts, cached), stop: () => clearInterval(timer) };
}

interface Subscriber {
  id: string;
  user: string | null;
}

interface MemberRow {
  name: string;
  info: unknown;
  connections: number;
}

function subscribers(own: string, name: string): List<Subscriber> {
  return new List<Subscriber>({
    name: 'subscribers',
    parameters: () => ({ app: own, name }),
    key: ({ id }) => id,
    caption: 'Connections in this channel',
    empty: () => 'Nobody is subscribed.',
    limit: 12,
    columns: [
      { title: 'Connection', cell: ({ id }) => anchor(id, 'connection', id) },
      { title: 'User', cell: ({ user }) => (user === null ? '' : anchor(user, 'user', own, user)) },
    ],
  });
}

function members(own: string, name: string): List<MemberRow> {
  return new List<MemberRow>({
    name: 'members',
    parameters: () => ({ app: own, name }),
    key: (member) => member.name,
    caption: 'Members of this channel',
    empty: () => 'Nobody is here.',
    limit: 12,
    columns: [
      { title: 'User', cell: (member) => anchor(member.name, 'user', own, member.name) },
      {
        title: 'Information',
        cell: ({ info }) => make('span', 'code', JSON.stringify(info).slice(0, 300)),
        broad: true,
      },
      { title: 'Connections', cell: ({ connections }) => count(connections), numeric: true, wide: true },
    ],
  });
}

function channel([, own = '', name = '']: Route): View {
  remember(own);
  const top = head(own, name);
  const tail = new Tail({ app: own, channel: name });
  const people = name.startsWith('presence-') ? [members(own, name)] : [];
  const connections = subscribers(own, name);
  const title = heading('Channel', name);
  const back = make('p', 'back', anchor('All channels', 'channels'));
  const left = make('div', 'column', make('section', 'card', back, title, top.element), tail.element);
  const right = make(
    'div',
    'column',
    sendForm(own, name, 'this channel'),
    ...people.map((list) => make('section', 'card', make('h3', '', 'Members'), list.element)),
    make('section', 'card', make('h3', '', 'Connections'), connections.element),
  );
  return {
    title: `Channel ${name}`,
    element: make('div', 'columns', left, right),
    leave: stopAll(top, tail, connections, ...people),
  };
}

export function startChannels(): void {
  register('channels', channels);
  register('channel', channel);
}
