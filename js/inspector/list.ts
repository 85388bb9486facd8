/** A table of what the server has many of: filtered there, shown page by page, kept up to date while somebody looks. */
import { make } from '../shared/dom.js';
import { ApiError, get, sentence } from './api.js';
import { count } from './format.js';
import { live } from './samples.js';
import { keepPart, keptPart } from './views.js';

export interface Column<Row> {
  title: string;
  /** What a cell says. A node is made once for each row. */
  cell: (row: Row) => string | Node;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** Left out where there is little room. */
  wide?: boolean;
  /** Needs more room than others. */
  broad?: boolean;
  /** Whether the cell is to be seen at once. */
  marked?: (row: Row) => boolean;
}

export interface ListOptions<Row> {
  /** The question, and what goes with it. */
  name: string;
  parameters: () => Record<string, string | number | null>;
  key: (row: Row) => string;
  columns: Column<Row>[];
  caption: string;
  /** What stands there when there is nothing. */
  empty: () => string;
  limit?: number;
}

interface Answer<Row> {
  entries: Row[];
  examined: number;
  complete: boolean;
  next: string | null;
}

const EVERY = 3000; // ms

function button(words: string, action: () => void): HTMLButtonElement {
  const element = make('button', 'quiet', words) as HTMLButtonElement;
  element.type = 'button';
  element.addEventListener('click', action);
  return element;
}

/** The list. It asks when it is made, and from time to time until it is stopped. Its page stands in the address. */
export class List<Row> {
  readonly element: HTMLElement;
  #options: ListOptions<Row>;
  #body = make('tbody', '');
  #note = make('p', 'hint list-note');
  #loading = make('p', 'hint loading', 'Loading…');
  #problem = make('p', 'problem');
  #frame: HTMLElement;
  #back = button('Back', () => this.#turn(-1));
  #next = button('Next', () => this.#turn(1));
  #pages = make('div', 'buttons pages', this.#back, this.#next);
  #rows = new Map<string, HTMLTableRowElement>();
  #places: string[]; // where each page begins, but for the first
  #following: string | null = null;
  #question: AbortController | null = null;
  #timer: ReturnType<typeof setInterval>;

  constructor(options: ListOptions<Row>) {
    this.#options = options;
    this.#places = keptPart(options.name).filter(Boolean);
    const heads = options.columns.map((column) => {
      const head = make('th', names(column), column.title);
      head.setAttribute('scope', 'col');
      return head;
    });
    const table = make(
      'table',
      '',
      make('caption', 'hidden-words', options.caption),
      make('thead', '', make('tr', '', ...heads)),
      this.#body,
    );
    this.#frame = make('div', 'table', table);
    this.#frame.tabIndex = 0;
    this.#frame.setAttribute('role', 'region');
    this.#frame.setAttribute('aria-label', options.caption);
    this.#problem.hidden = true;
    this.#problem.setAttribute('role', 'alert');
    this.element = make(
      'div',
      'list',
      this.#problem,
      this.#loading,
      this.#frame,
      make('div', 'list-foot', this.#note, this.#pages),
    );
    this.#pages.hidden = this.#frame.hidden = true;
    this.#timer = setInterval(() => {
      if (live() && !this.#question) {
        void this.#ask();
      }
    }, EVERY);
    void this.#ask();
  }

  /** Begins anew, with other parameters. */
  restart(): void {
    this.#go([]);
  }

  /** Asks once more. */
  refresh(): void {
    void this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#question?.abort();
  }

  #turn(direction: number): void {
    if (direction < 0) {
      this.#go(this.#places.slice(0, -1));
    } else if (this.#following !== null) {
      this.#go([...this.#places, this.#following]);
    }
  }

  #go(places: string[]): void {
    this.#places = places;
    keepPart(this.#options.name, places);
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#question?.abort();
    const question = (this.#question = new AbortController());
    const { name, parameters, limit = 50 } = this.#options;
    try {
      const after = this.#places.at(-1) ?? null;
      const answer = await get<Answer<Row>>(name, { ...parameters(), limit, after }, question.signal);
      if (!question.signal.aborted) {
        this.#show(answer);
      }
    } catch (error) {
      const { status } = error as ApiError;
      if (!question.signal.aborted && status === 400 && this.#places.length > 0) {
        this.restart(); // the address names a place that cannot be
      } else if (!question.signal.aborted && status !== 0) {
        this.#problem.textContent = sentence(error);
        this.#problem.hidden = false;
        this.#loading.hidden = true;
      }
    }
    if (this.#question === question) {
      this.#question = null;
    }
  }

  #show({ entries, complete, next, examined }: Answer<Row>): void {
    const rows = entries.map((entry) => this.#row(entry));
    const kept = new Set(rows);
    this.#rows.forEach((row, key) => kept.has(row) || this.#rows.delete(key));
    place(this.#body, rows);
    this.#following = next;
    this.#problem.hidden = true;
    this.#frame.hidden = rows.length === 0;
    this.#pages.hidden = next === null && this.#places.length === 0;
    this.#back.disabled = this.#places.length === 0;
    this.#next.disabled = next === null;
    this.#loading.hidden = true;
    this.#note.textContent = this.#words(rows.length, complete ? null : examined);
  }

  #words(shown: number, cut: number | null): string {
    const page = this.#places.length > 0 || this.#following !== null ? `Page ${this.#places.length + 1}. ` : '';
    if (shown === 0) {
      return page ? `${page}Nothing is here any more.` : this.#options.empty();
    }
    return cut === null
      ? page
      : `${page}There are more: these are the first among the ${count(cut)} that were looked through.`;
  }

  /** The row of an entry: the one that is there, with its new numbers, or a new one. */
  #row(entry: Row): HTMLTableRowElement {
    const key = this.#options.key(entry);
    const known = this.#rows.get(key);
    const row = known ?? (make('tr', '') as HTMLTableRowElement);
    this.#options.columns.forEach((column, index) => {
      const content = column.cell(entry);
      const cell = row.cells[index] ?? row.appendChild(make(index === 0 ? 'th' : 'td', names(column)));
      if (index === 0) {
        cell.setAttribute('scope', 'row');
      }
      cell.classList.toggle('marked', Boolean(column.marked?.(entry)));
      if (typeof content === 'string' ? cell.textContent !== content : !known) {
        cell.replaceChildren(content);
      }
    });
    this.#rows.set(key, row);
    return row;
  }
}

const names = <Row>({ numeric, wide, broad }: Column<Row>): string =>
  [numeric && 'numeric', wide && 'wide', broad && 'broad'].filter(Boolean).join(' ');

/** Puts elements into their order, moving only what stands elsewhere: whatever has the focus keeps it. */
function place(parent: HTMLElement, elements: HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  [...parent.children].forEach((child) => wanted.has(child) || child.remove());
  elements.forEach((element, index) => {
    if (parent.children[index] !== element) {
      parent.insertBefore(element, parent.children[index] ?? null);
    }
  });
}
