/** What is said in a channel, or to and by a user, while somebody looks. */
import { announce, make } from '../page/dom.js';
import { ApiError, get, post, sentence } from './api.js';
import { bytes, clock, count, plural } from './format.js';
import { anchor } from './views.js';

interface Message {
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

const SHOWN = 200;
const PAUSE = 150; // ms between two questions while much is said
const AGAIN = 2000; // ms after a failure
const PREVIEW = 160;

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** JSON is shown with its parts in lines of their own, everything else as it is. */
function pretty(data: string): string {
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

/** Who said it, and how many heard it. */
function facts({ kind, client, user, reached, length }: Message): (Node | string)[] {
  const parts: (Node | string)[] = [];
  if (client && kind !== 'whisper') {
    parts.push('from ', anchor(user ?? client, 'connection', client), ' · ');
  } else if (client) {
    parts.push('to ', anchor(client, 'connection', client), ' alone · ');
  }
  if (kind !== 'whisper' && !(kind === 'client_event' && reached === 0)) {
    parts.push(`to ${plural(reached, 'connection')} · `);
  }
  parts.push(bytes(length));
  return parts;
}

/** One line, which opens. @param channel whether it says where */
function entry(message: Message, channel: boolean): HTMLElement {
  const date = new Date(message.at);
  const time = make('time', '', clock(date)) as HTMLTimeElement;
  time.dateTime = date.toISOString();
  const what = make(
    'span',
    'what',
    make('b', '', title(message)),
    ' ',
    make('span', 'preview', message.data.slice(0, PREVIEW)),
  );
  const where = channel ? [make('span', 'where', message.channel ?? '')] : [];
  const details = make(
    'details',
    '',
    make('summary', channel ? 'with-channel' : '', time, ...where, what),
  ) as HTMLDetailsElement;
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) {
      const cut = message.data.length < message.length && new Blob([message.data]).size < message.length;
      const rest = cut ? [make('p', 'hint', 'Only the beginning of the data is shown.')] : [];
      details.append(make('p', 'hint facts-line', ...facts(message)), make('pre', '', pretty(message.data)), ...rest);
    }
  });
  const item = make('li', 'entry', details);
  item.dataset['kind'] = message.kind;
  return item;
}

const gap = (left: number): HTMLElement =>
  make('li', 'entry gap', `${plural(left, 'message')} left out: more than can be shown`);

/** The panel. It reads from when it is made until it is stopped. */
export class Tail {
  readonly element: HTMLElement;
  #list = make('ol', '');
  #count = make('p', 'count', '');
  #empty = make('p', 'empty', 'Nothing yet. What is said from now on appears here.');
  #problem = make('p', 'problem');
  #filter: HTMLInputElement;
  #pause = make('button', '', 'Pause') as HTMLButtonElement;
  #held: Message[] = [];
  #seen = 0;
  #stopped = false;
  #tail: number | null = null;
  #about: { app: string; channel?: string; user?: string };

  constructor(about: { app: string; channel?: string; user?: string }) {
    this.#about = about;
    this.#filter = make('input', '') as HTMLInputElement;
    this.#filter.id = 'tail-filter';
    this.#filter.placeholder = 'Name or data';
    this.#filter.spellcheck = false;
    this.#filter.addEventListener('input', () => this.#hide());
    this.#problem.hidden = true;
    this.#problem.setAttribute('role', 'alert');
    this.#list.id = 'tail';
    this.element = this.#build();
    void this.#run();
  }

  #build(): HTMLElement {
    const label = make('label', '', 'Filter') as HTMLLabelElement;
    label.htmlFor = 'tail-filter';
    this.#pause.type = 'button';
    this.#pause.setAttribute('aria-pressed', 'false');
    this.#pause.addEventListener('click', () => this.#turn());
    const clear = make('button', '', 'Clear') as HTMLButtonElement;
    clear.type = 'button';
    clear.addEventListener('click', () => this.#clear());
    const frame = make('div', 'log', this.#empty, this.#list);
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', 'Messages, newest first');
    const tools = make('div', 'tools', make('div', 'field grow', label, this.#filter), this.#pause, clear);
    const head = make('div', 'card-head', make('h3', '', 'Live messages'), this.#count);
    return make('section', 'card tail', head, tools, this.#problem, frame);
  }

  /** Ends it, here and at the server. */
  stop(): void {
    this.#stopped = true;
    if (this.#tail !== null) {
      void post('end-tail', { tail: this.#tail }, true).catch(() => {});
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const { tail } = await post<{ tail: number }>('begin-tail', this.#about);
        this.#tail = tail;
        this.element.dataset['listens'] = 'yes';
        this.#complain('');
        await this.#read(tail);
      } catch (error) {
        this.#tail = null;
        await this.#failed(error as ApiError);
      }
    }
  }

  /** A tail that has ended, because the server is another one or nobody has read it, is begun anew. */
  async #failed(error: ApiError): Promise<void> {
    if (this.#stopped || error.status === 401) {
      this.#stopped = true;
    } else if (error.status === 404 || error.status === 409) {
      await wait(PAUSE);
    } else {
      this.#complain(sentence(error));
      await wait(AGAIN);
    }
  }

  async #read(tail: number): Promise<void> {
    let after = 0;
    while (!this.#stopped) {
      const { messages, left_out } = await get<{ messages: Message[]; left_out: number }>('tail', { tail, after });
      if (this.#stopped) {
        return;
      }
      after = messages.at(-1)?.number ?? after;
      this.#take(messages, left_out);
      await wait(messages.length > 0 ? PAUSE : 0);
    }
  }

  #complain(words: string): void {
    this.#problem.textContent = words;
    this.#problem.hidden = words === '';
  }

  #take(messages: Message[], leftOut: number): void {
    this.#seen += messages.length + leftOut + messages.reduce((sum, { left_out }) => sum + left_out, 0);
    if (this.#pause.getAttribute('aria-pressed') === 'true') {
      this.#held = [...this.#held, ...messages].slice(-SHOWN);
    } else {
      this.#show(messages, leftOut);
    }
    this.#say();
  }

  #show(messages: Message[], leftOut: number): void {
    const rows = messages.flatMap((message) => [
      ...(message.left_out > 0 ? [gap(message.left_out)] : []),
      this.#filtered(entry(message, this.#about.channel === undefined), message),
    ]);
    if (leftOut > 0) {
      rows.push(gap(leftOut));
    }
    this.#list.prepend(...rows.slice(-SHOWN).reverse());
    while (this.#list.childElementCount > SHOWN) {
      this.#list.lastElementChild!.remove();
    }
  }

  #say(): void {
    const shown = this.#list.childElementCount;
    const waiting = this.#held.length > 0 ? `, ${count(this.#held.length)} waiting` : '';
    this.#count.textContent = this.#seen === 0 ? '' : `${count(this.#seen)} so far${waiting}`;
    this.#empty.hidden = shown > 0;
  }

  /** A row that the filter may hide later, too. */
  #filtered(row: HTMLElement, message: Message): HTMLElement {
    row.dataset['text'] = `${title(message)} ${message.channel ?? ''} ${message.data}`.toLowerCase().slice(0, 5000);
    row.hidden = !row.dataset['text'].includes(this.#filter.value.trim().toLowerCase());
    return row;
  }

  #hide(): void {
    const wanted = this.#filter.value.trim().toLowerCase();
    this.#list.querySelectorAll<HTMLElement>('li').forEach((row) => {
      row.hidden = !(row.dataset['text'] ?? '').includes(wanted);
    });
  }

  #turn(): void {
    const pressed = this.#pause.getAttribute('aria-pressed') !== 'true';
    this.#pause.setAttribute('aria-pressed', String(pressed));
    announce(pressed ? 'The messages stand still' : 'The messages go on');
    if (!pressed) {
      this.#show(this.#held, 0);
      this.#held = [];
      this.#say();
    }
  }

  #clear(): void {
    this.#list.replaceChildren();
    this.#held = [];
    this.#seen = 0;
    this.#say();
    announce('The list is empty');
  }
}
