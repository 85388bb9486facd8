/** How the pages touch their documents: text is always text, whoever it is from. */

/** An element of the page by its id. */
export function at<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`the page has no #${id}`);
  }
  return element as T;
}

export const input = (id: string): HTMLInputElement => at<HTMLInputElement>(id);

/** What a field holds, without the spaces around it. */
export const value = (id: string): string => input(id).value.trim();

/** The chosen one of some radio buttons. */
export const chosen = (form: string, name: string): string =>
  String(new FormData(at<HTMLFormElement>(form)).get(name) ?? '');

/** Makes an element that holds texts and other elements. */
export function make(tag: string, className: string, ...content: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}

/** A time of day, 14:03:09.512. */
export function clock(date: Date): HTMLElement {
  const two = (number: number): string => String(number).padStart(2, '0');
  const words = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const element = make('time', '', `${words}.${String(date.getMilliseconds()).padStart(3, '0')}`) as HTMLTimeElement;
  element.dateTime = date.toISOString();
  return element;
}

/** Shows or hides an element. */
export function show(id: string, visible: boolean): void {
  at(id).hidden = !visible;
}

/** Says what is wrong with a form and marks the field; an empty sentence takes it back. */
export function complain(id: string, words: string, field?: string): void {
  const problem = at(id);
  const form = problem.closest('form');
  form?.querySelectorAll('[aria-invalid]').forEach((marked) => marked.removeAttribute('aria-invalid'));
  problem.textContent = words;
  problem.hidden = words === '';
  if (words && field) {
    at(field).setAttribute('aria-invalid', 'true');
    at(field).focus();
  }
}

/** Where somebody waits, the answer of a server has so long. */
export const patience = (): AbortSignal => AbortSignal.timeout(10_000);

/** Calls back when a form is sent, which goes nowhere. */
export function onSubmit(id: string, sent: () => void): void {
  at(id).addEventListener('submit', (event) => {
    event.preventDefault();
    sent();
  });
}

let announced: ReturnType<typeof setTimeout> | undefined;

/** Tells people who listen to the page. What comes quickly is told together. */
export function announce(words: string): void {
  const region = at('announcement');
  clearTimeout(announced);
  region.dataset['words'] = [region.dataset['words'], words].filter(Boolean).slice(-5).join('. ');
  announced = setTimeout(() => {
    region.textContent = region.dataset['words'] ?? '';
    delete region.dataset['words'];
  }, 300);
}

/** JSON of anything, short enough to be shown. */
export function text(data: unknown, space: number, longest: number): string {
  let all: string;
  try {
    all = JSON.stringify(data, null, space) ?? '';
  } catch {
    return '(nested too deeply to be shown)'; // JSON can be read to any depth, but not written
  }
  return all.length > longest ? `${all.slice(0, longest)}… (${all.length} characters)` : all;
}
