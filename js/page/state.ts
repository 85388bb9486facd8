/** What the parts of the page share: the one client, and what is remembered for the next visit. */
import type { OdyWebSocketClient as Client } from '../src/client.js';

declare global {
  /** The script above this one defines it. */
  const OdyWebSocketClient: typeof Client;
}

/** The client of the present connection; null before the first. */
export const session: { client: Client | null; url: string; key: string } = { client: null, url: '', key: '' };

const STORE = 'ody-websocket-test-page';
const REMEMBERED = ['url', 'key', 'channel-name', 'endpoint', 'event-name', 'event-data'];

/** Where the server is: it has sent this page itself, as …/test, or it is the usual one on this machine. */
function home(): string {
  const { protocol, origin, pathname } = location;
  return protocol.startsWith('http')
    ? origin.replace(/^http/, 'ws') + pathname.replace(/\/[^/]*$/, '')
    : 'ws://localhost:9502';
}

/** Fills in what was entered last time, or what the address says: `#url=ws://…&key=…`. No secret is among it. */
export function recall(): void {
  const said = new URLSearchParams(location.hash.slice(1));
  let stored: Record<string, string> = { url: home() };
  try {
    stored = { ...stored, ...JSON.parse(localStorage.getItem(STORE) ?? '{}') };
  } catch {
    // A page without a store remembers nothing.
  }
  for (const id of REMEMBERED) {
    const known = said.get(id) ?? stored[id];
    const field = document.getElementById(id) as HTMLInputElement | null;
    if (field && typeof known === 'string') {
      field.value = known;
    }
  }
}

export function remember(): void {
  const fields = REMEMBERED.map((id) => [id, (document.getElementById(id) as HTMLInputElement).value]);
  try {
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(fields)));
  } catch {
    // As above.
  }
}
