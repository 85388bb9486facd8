/** Questions to the server and what it is asked to do. Nothing is sent but to where this page came from. */

/** Where the questions go: beside the page, whatever stands before it in the address. */
const BASE = `${location.pathname.replace(/\/+$/, '')}/api/`;
const STORE = 'ody-inspector';

/** The server has refused something, or does not answer (status 0). Its message is for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What the page as a whole wants to know. */
export const listeners: { signIn: () => void; reached: (answers: boolean) => void } = {
  signIn: () => {},
  reached: () => {},
};

let token = 'none';
try {
  token = sessionStorage.getItem(STORE) ?? token;
} catch {
  // A page without a store asks for the password again after a reload.
}

/** Keeps the token of a session for as long as this tab lives; null: there is none any more. */
export function keepToken(value: string | null): void {
  token = value ?? 'none';
  try {
    value === null ? sessionStorage.removeItem(STORE) : sessionStorage.setItem(STORE, value);
  } catch {
    // As above.
  }
}

/** Whether somebody has signed in here. */
export const signedIn = (): boolean => token !== 'none';

type Parameters = Record<string, string | number | null | undefined>;

function encode(parameters: Parameters): URLSearchParams {
  const known = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return new URLSearchParams(known.map(([name, value]) => [name, String(value)]));
}

async function words(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return String(JSON.parse(text).error);
  } catch {
    return text.slice(0, 300) || `The server answers ${response.status}`;
  }
}

async function ask<T>(name: string, query: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${BASE}${name}${query}`, {
      ...options,
      headers: { 'X-Inspector': token },
      cache: 'no-store',
      credentials: 'same-origin',
    });
  } catch (error) {
    if ((error as Error).name !== 'AbortError') {
      listeners.reached(false);
    }
    throw new ApiError(0, 'The server does not answer');
  }
  listeners.reached(true);
  if (response.ok) {
    return (await response.json()) as T;
  }
  if (response.status === 401 && name !== 'login') {
    keepToken(null);
    listeners.signIn();
  }
  throw new ApiError(response.status, await words(response));
}

/** Asks for something. */
export function get<T>(name: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const query = encode(parameters).toString();
  return ask<T>(name, query && `?${query}`, signal ? { signal } : {});
}

/** Has something done. @param keepalive also when the page is about to go */
export function post<T>(name: string, parameters: Parameters = {}, keepalive = false): Promise<T> {
  return ask<T>(name, '', { method: 'POST', body: encode(parameters), keepalive });
}

/** The sentence for somebody who reads it. */
export const sentence = (error: unknown): string => {
  const message = (error as Error).message || String(error);
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?!]$/.test(message) ? '' : '.'}`;
};
