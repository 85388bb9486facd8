/** One message of a tail, as a line that opens. */
import { announce, clock, make } from '../shared/dom.js';
import { bytes, count, plural } from './format.js';
import { anchor } from './views.js';

export interface Message {
  number: number;
  at: number;
  kind: 'event' | 'client_event' | 'whisper' | 'member_added' | 'member_removed';
  client: string | null;
  channel: string | null;
  event: string | null;
  user: string | null;
  data: string;
  length: number;
  reached: number;
  left_out: number;
}

const PREVIEW = 160;

/** JSON is shown with its parts in lines of their own, everything else as it is. */
export function pretty(data: string): string {
  try {
    return JSON.stringify(JSON.parse(data), null, 2);
  } catch {
    return data;
  }
}

function title({ kind, event, user }: Message): string {
  switch (kind) {
    case 'member_added':
      return `${user ?? ''} came in`;
    case 'member_removed':
      return `${user ?? ''} left`;
    default:
      return event ?? '';
  }
}

/** What a filter looks for. */
export const words = (message: Message): string =>
  `${title(message)} ${message.channel ?? ''} ${message.user ?? ''} ${message.client ?? ''} ${message.data}`.toLowerCase();

/** Whether it is known how many got it. */
const counts = ({ kind, reached }: Message): boolean =>
  kind !== 'whisper' && !(kind === 'client_event' && reached === 0);

/** When it was, who said it, and how many heard it. */
function facts(message: Message): (Node | string)[] {
  const { at, kind, client, user, reached, length } = message;
  const parts: (Node | string)[] = [`${new Date(at).toString().replace(/ \(.*/, '')} · `];
  if (client && kind !== 'whisper') {
    parts.push('from ', anchor(user ?? client, 'connection', client), ' · ');
  } else if (client) {
    parts.push('to ', anchor(client, 'connection', client), ' alone · ');
  }
  return [...parts, counts(message) ? `to ${plural(reached, 'connection')} · ` : '', bytes(length)];
}

/** A button that copies a text; where the page may not do that, it marks it. */
function copyButton(text: string, shown: HTMLElement): HTMLElement {
  const button = make('button', 'quiet', 'Copy') as HTMLButtonElement;
  button.type = 'button';
  button.addEventListener('click', () => {
    const told = (said: string): void => {
      button.textContent = said;
      announce(said);
    };
    const mark = (): void => {
      getSelection()?.selectAllChildren(shown);
      told('Marked: press Ctrl+C');
    };
    navigator.clipboard ? navigator.clipboard.writeText(text).then(() => told('Copied'), mark) : mark();
  });
  return button;
}

function opened(message: Message): HTMLElement[] {
  const { data, length } = message;
  const text = make('pre', '', pretty(data));
  const cut = data.length < length && new Blob([data]).size < length;
  return [
    make('div', 'facts', make('p', 'facts-line', ...facts(message)), ...(data ? [copyButton(data, text)] : [])),
    text,
    ...(cut ? [make('p', 'hint', `Only the beginning of ${bytes(length)} is shown.`)] : []),
  ];
}

/** The line of a message. @param channel whether it says where @param turned called when it has been opened or closed */
export function entry(message: Message, channel: boolean, turned: () => void): HTMLElement {
  const time = clock(new Date(message.at));
  const preview = make('span', 'preview', message.data.slice(0, PREVIEW));
  const what = make('span', 'what', make('b', '', title(message)), ' ', preview);
  const where = channel ? [make('span', 'where', message.channel ?? '')] : [];
  const reach = make('span', 'reach', counts(message) ? `→ ${count(message.reached)}` : '');
  reach.title = 'Connections that it was sent to';
  const summary = make('summary', channel ? 'with-channel' : '', time, ...where, what, reach);
  const details = make('details', '', summary) as HTMLDetailsElement;
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) {
      details.append(...opened(message));
    }
    turned();
  });
  const item = make('li', 'entry', details);
  item.dataset['kind'] = message.kind;
  return item;
}

/** A line that says what is missing. */
export const gap = (said: string): HTMLElement => make('li', 'entry gap', said);
