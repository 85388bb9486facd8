/**
 * The list of what has happened, newest first. However much comes, the page stays quick: entries are kept as they came, drawn
 * ten times a second at most, and only as many as somebody can look at.
 */
import { announce, at, clock, input, make, text, value } from '../shared/dom.js';

export type Kind = 'event' | 'member' | 'client' | 'problem';

interface Entry {
  kind: Kind;
  at: Date;
  channel: string;
  title: string;
  data: unknown;
}

const KEPT = 2000;
const SHOWN = 200;
const TURN = 100; // ms between two drawings
const ROWS_A_TURN = 50; // more than that is never seen before the next turn
const PREVIEW = 160;
const LONGEST = 20_000;

let entries: Entry[] = [];
let waiting: Entry[] = [];
let total = 0;
let drawing: ReturnType<typeof setTimeout> | undefined;
const channels = new Set<string>();

/** Adds an entry. `data` is shown as JSON; undefined: there is none. */
export function log(
  kind: Kind,
  title: string,
  { channel = '', data }: { channel?: string; data?: unknown } = {},
): void {
  const entry = { kind, at: new Date(), channel, title, data };
  if (told(entry)) {
    return;
  }
  total++;
  entries.push(entry);
  if (entries.length > KEPT * 1.5) {
    entries = entries.slice(-KEPT);
  }
  waiting.push(entry);
  if (waiting.length > SHOWN * 2) {
    waiting = waiting.slice(-SHOWN);
  }
  drawing ??= setTimeout(draw, TURN);
}

/** A server tells a refused subscription twice: as an error, then to the channel. The second says more, so it takes the place. */
function told({ kind, title, channel }: Entry): boolean {
  const last = waiting.at(-1);
  const again = kind === 'problem' && last?.kind === kind && last.title === title && last.channel === '';
  if (again) {
    last.channel = channel;
  }
  return again;
}

/** A channel that can be chosen in the list. */
export function offer(channel: string): void {
  if (!channels.has(channel)) {
    channels.add(channel);
    at('show-channel').append(option(channel));
  }
}

function option(channel: string): HTMLElement {
  const element = make('option', '', channel) as HTMLOptionElement;
  element.value = channel;
  return element;
}

/** Whether the reader wants to see an entry. */
function wanted(): (entry: Entry) => boolean {
  const filter = value('filter').toLowerCase();
  const kind = value('show');
  const channel = value('show-channel');
  return (entry) =>
    (!kind || entry.kind === kind) &&
    (!channel || entry.channel === channel) &&
    (!filter || `${entry.title} ${entry.channel} ${text(entry.data, 0, LONGEST)}`.toLowerCase().includes(filter));
}

function count(): void {
  const shown = at('log').childElementCount;
  at('count').textContent = total > shown ? `${total} so far, the last ${shown} shown` : `${total} so far`;
  at('no-events').hidden = shown > 0;
}

function draw(): void {
  drawing = undefined;
  if (at('pause').getAttribute('aria-pressed') === 'true') {
    count();
    return;
  }
  const rows = waiting.filter(wanted()).slice(-ROWS_A_TURN).reverse().map(row);
  waiting = [];
  const list = at('log');
  list.prepend(...rows);
  while (list.childElementCount > SHOWN) {
    list.lastElementChild!.remove();
  }
  count();
}

/** Draws the list anew, with another choice. */
function redraw(): void {
  waiting = [];
  at('log').replaceChildren(...entries.filter(wanted()).slice(-SHOWN).reverse().map(row));
  count();
}

/** One line; where there is data, one that opens. */
function row({ kind, at: when, channel, title, data }: Entry): HTMLElement {
  const what = make('span', 'what', make('b', '', title));
  const cells = [clock(when), make('span', 'where', channel), what];
  const item = make('li', 'entry');
  item.dataset['kind'] = kind;
  if (data === undefined) {
    item.append(make('div', 'line', ...cells));
    return item;
  }
  what.append(' ', make('span', 'preview', text(data, 0, PREVIEW)));
  const details = make('details', '', make('summary', '', ...cells)) as HTMLDetailsElement;
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) {
      details.append(make('pre', '', text(data, 2, LONGEST)));
    }
  });
  item.append(details);
  return item;
}

function pause(): void {
  const button = at('pause');
  const paused = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(paused));
  announce(paused ? 'The list stands still' : 'The list goes on');
  if (!paused) {
    redraw();
  }
}

/** Makes the tools of the list work. */
export function startLog(): void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  input('filter').addEventListener('input', () => {
    clearTimeout(soon);
    soon = setTimeout(redraw, TURN);
  });
  at('show').addEventListener('change', redraw);
  at('show-channel').addEventListener('change', redraw);
  at('pause').addEventListener('click', pause);
  at('clear').addEventListener('click', () => {
    entries = [];
    total = 0;
    redraw();
    announce('The list is empty');
  });
}
