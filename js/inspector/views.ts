/** Which view is shown: the address says it, behind the #. */
import { announce, at, make } from '../shared/dom.js';

/** What is shown in the middle of the page. */
export interface View {
  title: string;
  element: HTMLElement;
  /** The view is left: ends what it does. */
  leave?: () => void;
}

/** The parts of the address, decoded: #/channel/1/my-channel */
export type Route = string[];

type Opener = (route: Route) => View;

const openers = new Map<string, Opener>();
let shown: View | null = null;

/** Names a view by the first part of its address. */
export function register(name: string, opener: Opener): void {
  openers.set(name, opener);
}

/** The address of a view. */
export const link = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/').replace(/\/+$/, '')}`;

/** Has the address say what is shown now: it can be kept, and one comes back to it. */
export function keep(...parts: string[]): void {
  history.replaceState(null, '', link(...parts));
}

/** The view that the address names, and what it says besides: #/channels/1?channels=50:news */
function address(): [string, URLSearchParams] {
  const [path = '', more = ''] = location.hash.split('?');
  return [path, new URLSearchParams(more)];
}

/** What the address says of a part of the view. Anybody may have written it. */
export const keptPart = (name: string): string[] => address()[1].getAll(name);

/** Has the address say that of a part of the view, until keep() names another view. */
export function keepPart(name: string, values: string[]): void {
  const [path, more] = address();
  more.delete(name);
  values.forEach((value) => more.append(name, value));
  const query = more.toString();
  history.replaceState(null, '', `${path || '#/'}${query && `?${query}`}`);
}

/** A link to a view. */
export function anchor(words: string, ...parts: string[]): HTMLAnchorElement {
  const element = make('a', '', words) as HTMLAnchorElement;
  element.href = link(...parts);
  return element;
}

/** The title of something that has a name. */
export function heading(kind: string, name: string): HTMLElement {
  return make('h2', 'name', make('span', 'kind', kind), name);
}

/** Ends several things. */
export const stopAll =
  (...parts: { stop: () => void }[]) =>
  (): void =>
    parts.forEach((part) => part.stop());

function route(): Route {
  try {
    return address()[0].replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  } catch {
    return [''];
  }
}

/** The tab that a view belongs to. */
const TABS: Record<string, string> = { channel: 'channels', connection: 'connections', user: 'users' };

function mark(name: string): void {
  const tab = TABS[name] ?? name;
  document.querySelectorAll<HTMLAnchorElement>('#tabs a').forEach((element) => {
    element.toggleAttribute('aria-current', element.hash === link(tab));
    if (element.hasAttribute('aria-current')) {
      element.setAttribute('aria-current', 'page');
    }
  });
}

/** Shows what the address says. @param focus moves the focus to the new title */
export function open(focus: boolean): void {
  const parts = route();
  const opener = openers.get(parts[0] ?? '') ?? openers.get('')!;
  close();
  shown = opener(parts);
  at('view').replaceChildren(shown.element);
  document.title = `${shown.title} – Inspector of ${location.host}`;
  mark(openers.has(parts[0] ?? '') ? (parts[0] ?? '') : '');
  if (focus) {
    const title = shown.element.querySelector<HTMLElement>('h2');
    title?.setAttribute('tabindex', '-1');
    title?.focus();
    window.scrollTo(0, 0);
    announce(shown.title);
  }
}

/** Leaves the view that is shown. */
export function close(): void {
  shown?.leave?.();
  shown = null;
}
