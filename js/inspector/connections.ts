/** Connections: all of them, the slow ones, and one with its channels. */
import { announce, make } from '../shared/dom.js';
import { ApiError, get, post, sentence } from './api.js';
import { appField, counted } from './apps.js';
import { filterField } from './channels.js';
import { confirmed } from './confirm.js';
import { bytes, count, duration, latency } from './format.js';
import { List } from './list.js';
import { latest, live, onReading } from './samples.js';
import { type Route, type View, anchor, heading, keep, register, stopAll } from './views.js';

export interface Connection {
  id: string;
  app: string;
  address: string;
  user: string | null;
  channels: number;
  age: number;
  silence: number;
  waiting: number;
  slow: number;
  protocol: number;
}

const AGAIN = 2000; // ms

/** Bytes that wait for a connection which keeps up: less than this. */
const SLOW = 16384;

const GONE = 'This connection is closed. Here is what was known last.';
const NOWHERE = 'There is no connection with this id (any more).';

const whose = ({ user, app }: Connection): Node | string => (user === null ? '' : anchor(user, 'user', app, user));

/** What waits for a connection, and how long it has been too much. */
const waiting = ({ waiting: size, slow }: Connection): string =>
  size === 0 ? '0' : `${bytes(size)}${slow ? `, too much for ${latency(slow * 1000)}` : ''}`;

const COLUMNS = [
  { title: 'Connection', cell: ({ id }: Connection) => anchor(id, 'connection', id), broad: true },
  { title: 'Address', cell: ({ address }: Connection) => address, wide: true },
  { title: 'User', cell: whose },
  { title: 'Channels', cell: ({ channels }: Connection) => count(channels), numeric: true, wide: true },
  { title: 'Open for', cell: ({ age }: Connection) => duration(age), numeric: true, wide: true },
  {
    title: 'Waiting',
    cell: waiting,
    numeric: true,
    broad: true,
    marked: ({ waiting: size }: Connection) => size >= SLOW,
  },
];

function slowField(first: boolean, changed: () => void): { element: HTMLElement; value: () => boolean } {
  const box = make('input', '') as HTMLInputElement;
  box.type = 'checkbox';
  box.id = 'slow';
  box.checked = first;
  box.addEventListener('change', changed);
  const label = make('label', 'tick', box, ' Only slow ones') as HTMLLabelElement;
  return { element: make('div', 'field', label), value: () => box.checked };
}

/** What becomes of those who read slowly. */
function slowHint(): { element: HTMLElement; stop: () => void } {
  const element = make('p', 'hint', '');
  const fill = (): void => {
    const limits = latest();
    element.textContent = limits
      ? `Waiting is what a client has not read yet. Who leaves ${bytes(limits.outbound_soft)} for too long, or ${bytes(limits.outbound_hard)} at all, is disconnected.`
      : '';
  };
  fill();
  return { element, stop: onReading(fill) };
}

function connections([, own = '', find = '', only = '']: Route): View {
  const changed = (): void => {
    keep('connections', apps.value(), filter.value(), slow.value() ? 'slow' : '');
    list.restart();
  };
  const filter = filterField('Id, address or user begins with', '192.0.2.', find, changed);
  const apps = appField(changed, true, own);
  const slow = slowField(only === 'slow', changed);
  const list = new List<Connection>({
    name: 'connections',
    parameters: () => ({ app: apps.value() || null, find: filter.value(), at_least: slow.value() ? SLOW : null }),
    key: ({ id }) => id,
    caption: 'Connections, those that read slowest first',
    empty: () =>
      slow.value()
        ? 'Nobody reads slowly.'
        : filter.value()
          ? 'No connection begins like that.'
          : 'Nobody is connected.',
    columns: COLUMNS,
  });
  const tools = make('form', 'tools', filter.element, apps.element, slow.element);
  tools.addEventListener('submit', (event) => event.preventDefault());
  const title = counted('Connections', 'connections', apps.value);
  const hint = slowHint();
  return {
    title: 'Connections',
    element: make('section', 'card', title.element, tools, hint.element, list.element),
    leave: stopAll(list, filter, apps, title, hint),
  };
}

function fact(words: string, value: Node | string): HTMLElement[] {
  return [make('dt', '', words), make('dd', '', value)];
}

function describe(one: Connection): HTMLElement[] {
  const several = (latest()?.status.apps.length ?? 1) > 1;
  return [
    ...fact('Address', one.address),
    ...(several ? fact('App', one.app) : []),
    ...fact('User', whose(one) || 'has not signed in'),
    ...fact('Open for', duration(one.age)),
    ...fact('Last sign of life', `${duration(one.silence)} ago`),
    ...fact('Bytes that wait for it', waiting(one)),
    ...fact('Protocol', String(one.protocol)),
  ];
}

/** Disconnects one client, if the person really wants that. */
async function end(id: string, say: (words: string, bad: boolean) => void): Promise<void> {
  const sure = await confirmed(
    `Disconnect ${id}?`,
    'The client is closed with code 4009, which tells it not to come back by itself.',
    'Disconnect',
  );
  if (sure) {
    try {
      const { closed } = await post<{ closed: number }>('disconnect', { id });
      say(closed > 0 ? 'Disconnected. One that reads slowly needs two seconds to go.' : 'It was gone already.', false);
    } catch (error) {
      say(sentence(error), true);
    }
  }
}

/** The button that ends something, and what became of it. */
export function endButton(
  words: string,
  action: (say: (words: string, bad: boolean) => void) => Promise<void>,
): HTMLElement {
  const button = make('button', 'danger', words) as HTMLButtonElement;
  button.type = 'button';
  button.id = 'end';
  const outcome = make('p', 'outcome');
  outcome.setAttribute('role', 'status');
  button.addEventListener('click', () => {
    void action((said, bad) => {
      outcome.className = bad ? 'outcome problem' : 'outcome success';
      outcome.textContent = said;
    });
  });
  return make('div', 'ending', make('div', 'buttons', button), outcome);
}

/** What is known of one connection, kept up to date; of one that is gone, what was known last. */
function factsOf(
  id: string,
  there: (is: boolean) => void,
): { elements: HTMLElement[]; ask: () => void; stop: () => void } {
  const facts = make('dl', 'properties');
  const gone = make('p', 'problem gone', '');
  gone.tabIndex = -1;
  gone.hidden = true;
  const lack = (words: string): void => {
    if (gone.hidden && facts.childElementCount > 0) {
      announce(words);
    }
    gone.textContent = words;
    gone.hidden = words === '';
    there(gone.hidden);
    if (document.activeElement === document.body) {
      gone.focus(); // what had the focus can do nothing any more
    }
  };
  const show = ({ entries: [one] }: { entries: Connection[] }): void => {
    facts.replaceChildren(...(one ? describe(one) : facts.childNodes));
    lack(one ? '' : facts.hasChildNodes() ? GONE : NOWHERE);
  };
  const ask = (): void =>
    void get<{ entries: Connection[] }>('connection', { id }).then(
      show,
      (error: ApiError) => error.status !== 0 && lack(sentence(error)),
    );
  const timer = setInterval(() => live() && ask(), AGAIN);
  ask();
  return { elements: [gone, facts], ask, stop: () => clearInterval(timer) };
}

function channelsOf(id: string): List<{ name: string; app: string; on: boolean }> {
  return new List<{ name: string; app: string; on: boolean }>({
    name: 'subscriptions',
    parameters: () => ({ id }),
    key: ({ name }) => name,
    caption: 'Channels of this connection',
    empty: () => 'It is in no channel.',
    columns: [
      { title: 'Channel', cell: ({ name, app }) => anchor(name, 'channel', app, name) },
      { title: 'State', cell: ({ on }) => (on ? 'subscribed' : 'joining or leaving') },
    ],
  });
}

function connection([, id = '']: Route): View {
  const list = channelsOf(id);
  const button = endButton('Disconnect…', async (say) => {
    await end(id, say);
    facts.ask();
    list.refresh();
  });
  const facts = factsOf(id, (is) => (button.querySelector('button')!.disabled = !is));
  const back = make('p', 'back', anchor('All connections', 'connections'));
  const left = make('section', 'card', back, heading('Connection', id), ...facts.elements, button);
  return {
    title: `Connection ${id}`,
    element: make('div', 'columns', left, make('section', 'card', make('h3', '', 'Channels'), list.element)),
    leave: stopAll(facts, list),
  };
}

export function startConnections(): void {
  register('connections', connections);
  register('connection', connection);
}
