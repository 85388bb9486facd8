/** Which app the lists are about, where there are several. */
import { make } from '../shared/dom.js';
import { count } from './format.js';
import { latest, onReading } from './samples.js';

let chosen: string | null = null;

const ids = (): string[] => latest()?.status.apps.map(({ id }) => id) ?? [];

/** The app that was chosen last, or the first. */
export const app = (): string => chosen ?? ids()[0] ?? '';

/** Remembers the app that an address names. */
export function remember(id: string): void {
  chosen = id || chosen;
}

/**
 * A field to choose an app with; hidden while there is one only.
 * @param all whether one may choose all of them, as "" @param first what is chosen at first
 */
export function appField(
  changed: (id: string) => void,
  all: boolean,
  first: string,
): { element: HTMLElement; stop: () => void; value: () => string } {
  const select = make('select', '') as HTMLSelectElement;
  select.id = 'app';
  const label = make('label', '', 'App') as HTMLLabelElement;
  label.htmlFor = 'app';
  const element = make('div', 'field', label, select);
  const fill = (): void => {
    const wanted = [...(all ? [''] : []), ...ids()];
    element.hidden = ids().length < 2;
    if (wanted.join(' ') !== Array.from(select.options, ({ value }) => value).join(' ')) {
      const kept = select.options.length > 0 ? select.value : first || (all ? '' : app());
      select.replaceChildren(...wanted.map((id) => option(id)));
      select.value = wanted.includes(kept) ? kept : (wanted[0] ?? '');
    }
  };
  select.addEventListener('change', () => {
    remember(select.value);
    changed(select.value);
  });
  fill();
  return { element, stop: onReading(fill), value: () => (select.options.length > 0 ? select.value : first) };
}

function option(id: string): HTMLOptionElement {
  const element = make('option', '', id || 'all') as HTMLOptionElement;
  element.value = id;
  return element;
}

/** The title of a list, with how many there are. @param own the app that the list is about; "": all of them */
export function counted(
  title: string,
  of: 'channels' | 'connections' | 'users',
  own: () => string,
): { element: HTMLElement; stop: () => void } {
  const number = make('span', 'count', '');
  const fill = (): void => {
    const apps = latest()?.status.apps.filter(({ id }) => own() === '' || own() === id);
    number.textContent = apps ? `${count(apps.reduce((sum, each) => sum + each[of], 0))} in all` : '';
  };
  fill();
  return { element: make('div', 'card-head', make('h2', '', title), number), stop: onReading(fill) };
}
