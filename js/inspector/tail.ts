/** What is said in a channel, or to and by a user, while somebody looks. */
import { announce, make } from '../shared/dom.js';
import { ApiError, get, post, sentence } from './api.js';
import { type Message, entry, gap, words } from './entry.js';
import { count, plural } from './format.js';
import { isPaused, onReading } from './samples.js';
import { keepPart, keptPart } from './views.js';

const SHOWN = 200; // lines
const KEPT = 1000; // lines that a filter may bring back
const PAUSE = 150; // ms between two questions while much is said
const AGAIN = 2000; // ms after a failure
const SOON = 200; // ms after the last letter of a filter
const FILTER = 'messages'; // in the address

/** What stands in the list: a message, or what is missing there; its row is made when it is shown for the first time. */
type Line = ({ message: Message; text: string } | { missing: string }) & { row?: HTMLElement };

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const missing = (left: number): Line[] =>
  left > 0 ? [{ missing: `${plural(left, 'message')} left out: more than can be shown` }] : [];

function tool(said: string, action: () => void): HTMLButtonElement {
  const button = make('button', '', said) as HTMLButtonElement;
  button.type = 'button';
  button.addEventListener('click', action);
  return button;
}

/** The panel. It reads from when it is made until it is stopped. While a line is open, nothing moves. */
export class Tail {
  readonly element: HTMLElement;
  #list = make('ol', '');
  #count = make('p', 'count', '');
  #empty = make('p', 'empty', '');
  #problem = make('p', 'problem');
  #filter = make('input', '') as HTMLInputElement;
  #pause = tool('Pause', () => this.#turn());
  #lines: Line[] = [];
  #held = 0; // the last so many lines are not shown yet
  #seen = 0;
  #stopped = false;
  #reading = new AbortController();
  #tail: number | null = null;
  #about: { app: string; channel?: string; user?: string };
  #forget: () => void;
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor(about: { app: string; channel?: string; user?: string }) {
    this.#about = about;
    this.#filter.id = 'tail-filter';
    this.#filter.placeholder = 'Name or data';
    this.#filter.spellcheck = false;
    this.#filter.autocomplete = 'off';
    this.#filter.type = 'search';
    this.#filter.value = keptPart(FILTER)[0] ?? '';
    this.#filter.addEventListener('input', () => this.#again());
    this.#problem.hidden = true;
    this.#problem.setAttribute('role', 'alert');
    this.#pause.setAttribute('aria-pressed', 'false');
    this.#list.id = 'tail';
    this.element = this.#build();
    this.#forget = onReading(() => this.#flush()); // when all of the page goes on
    this.#say();
    void this.#run();
  }

  #build(): HTMLElement {
    const label = make('label', '', 'Filter') as HTMLLabelElement;
    label.htmlFor = 'tail-filter';
    const clear = tool('Clear', () => this.#clear());
    const frame = make('div', 'log', this.#empty, this.#list);
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', 'Messages, newest first');
    const tools = make('div', 'tools', make('div', 'field grow', label, this.#filter), this.#pause, clear);
    const head = make('div', 'card-head', make('h3', '', 'Live messages'), this.#count);
    return make('section', 'card tail', head, tools, this.#problem, frame);
  }

  /** Ends it, here and at the server. Nobody waits for what would only be that it has ended. */
  stop(): void {
    this.#stopped = true;
    this.#reading.abort();
    this.#forget();
    clearTimeout(this.#soon);
    this.#end();
  }

  #end(): void {
    if (this.#tail !== null) {
      void post('end-tail', { tail: this.#tail }, true).catch(() => {});
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const { tail } = await post<{ tail: number }>('begin-tail', this.#about);
        this.#tail = tail;
        if (this.#stopped) {
          this.#end(); // nobody looks any more
          return;
        }
        this.element.dataset['listens'] = 'yes';
        this.#complain('');
        await this.#read(tail);
      } catch (error) {
        await this.#failed(error as ApiError);
      }
    }
  }

  /** A tail that has ended, because the server is another one or nobody has read it, is begun anew. */
  async #failed(error: ApiError): Promise<void> {
    const began = this.#tail !== null;
    this.#tail = null;
    delete this.element.dataset['listens'];
    if (began && !this.#stopped) {
      this.#add([{ missing: 'Interrupted: what was said meanwhile is not here' }]);
    }
    if (began && (error.status === 404 || error.status === 409)) {
      await wait(PAUSE);
    } else if (error.status === 400 || error.status === 401 || error.status === 404) {
      this.#stopped = true;
      this.#complain(sentence(error));
    } else {
      this.#complain(error.status === 0 ? '' : sentence(error)); // that nobody answers is said for the whole page
      await wait(AGAIN);
    }
  }

  async #read(tail: number): Promise<void> {
    let after = 0;
    while (!this.#stopped) {
      const { messages, left_out } = await get<{ messages: Message[]; left_out: number }>(
        'tail',
        { tail, after },
        this.#reading.signal,
      );
      if (this.#stopped) {
        return;
      }
      after = messages.at(-1)?.number ?? after;
      this.#take(messages, left_out);
      await wait(messages.length > 0 ? PAUSE : 0);
    }
  }

  #complain(said: string): void {
    this.#problem.textContent = said;
    this.#problem.hidden = said === '';
  }

  #take(messages: Message[], leftOut: number): void {
    this.#seen += messages.length + leftOut + messages.reduce((sum, { left_out }) => sum + left_out, 0);
    const lines = messages.flatMap((message) => [...missing(message.left_out), { message, text: words(message) }]);
    this.#add([...lines, ...missing(leftOut)]);
  }

  #add(lines: Line[]): void {
    this.#lines = [...this.#lines, ...lines].slice(-KEPT);
    this.#held = Math.min(this.#held + lines.length, this.#lines.length);
    this.#flush();
    this.#say();
  }

  /** Whether somebody wants the list to stand still. */
  #stands(): boolean {
    return (
      isPaused() || this.#pause.getAttribute('aria-pressed') === 'true' || this.#list.querySelector('[open]') !== null
    );
  }

  /** Shows what waits, if it may move. */
  #flush(): void {
    if (this.#held > 0 && !this.#stands()) {
      this.#list.prepend(...this.#rows(this.#lines.slice(-this.#held)));
      while (this.#list.childElementCount > SHOWN) {
        this.#list.lastElementChild!.remove();
      }
      this.#held = 0;
      this.#say();
    }
  }

  /** The rows of those that the filter lets through, the newest first. */
  #rows(lines: Line[]): HTMLElement[] {
    const wanted = this.#filter.value.trim().toLowerCase();
    return lines
      .filter((line) => wanted === '' || ('text' in line && line.text.includes(wanted)))
      .slice(-SHOWN)
      .reverse()
      .map((line) => (line.row ??= this.#row(line)));
  }

  #row(line: Line): HTMLElement {
    return 'missing' in line
      ? gap(line.missing)
      : entry(line.message, this.#about.channel === undefined, () => this.#flush());
  }

  /** Another filter. */
  #again(): void {
    this.#list.replaceChildren(...this.#rows(this.#lines.slice(0, this.#lines.length - this.#held)));
    this.#flush();
    this.#say();
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => keepPart(FILTER, this.#filter.value ? [this.#filter.value] : []), SOON);
  }

  #say(): void {
    const shown = this.#list.childElementCount;
    const waiting = this.#held > 0 ? `, ${count(this.#held)} waiting` : '';
    const last = shown === SHOWN ? `, the last ${SHOWN} shown` : '';
    this.#count.textContent = this.#seen === 0 ? '' : `${count(this.#seen)} so far${last}${waiting}`;
    this.#empty.hidden = shown > 0;
    this.#empty.textContent =
      this.#seen > 0 && this.#filter.value.trim()
        ? `Nothing like that among the last ${plural(this.#lines.length, 'message')}.`
        : 'Nothing yet. What is said from now on appears here.';
  }

  #turn(): void {
    const pressed = this.#pause.getAttribute('aria-pressed') !== 'true';
    this.#pause.setAttribute('aria-pressed', String(pressed));
    announce(pressed ? 'The messages stand still' : 'The messages go on');
    if (!pressed) {
      this.#list.querySelectorAll<HTMLDetailsElement>('[open]').forEach((details) => (details.open = false));
      this.#flush();
    }
  }

  #clear(): void {
    this.#list.replaceChildren();
    this.#lines = [];
    this.#held = 0;
    this.#seen = 0;
    this.#say();
    announce('The list is empty');
  }
}
