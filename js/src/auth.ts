import { decode } from './connection.js';
import { OdyWebSocketError, wordsOf } from './errors.js';
import type { Settings } from './options.js';

const PATIENCE = 10_000; // ms for the answer of an endpoint

const ask = (value: unknown): unknown => (typeof value === 'function' ? value() : value);

/**
 * @internal Asks an endpoint for a token. `asked` goes there as JSON.
 *
 * @throws OdyWebSocketError of type `auth`; its status is 0 when there was no answer
 */
export async function fetchToken<Token>(endpoint: string, asked: object, settings: Settings): Promise<Token> {
  const csrf = (await ask(settings.csrfToken)) as string;
  const request = {
    method: 'POST',
    credentials: settings.authCredentials ?? 'same-origin',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      ...(csrf ? { 'X-CSRF-TOKEN': csrf } : null),
      ...((await ask(settings.authHeaders)) as object),
    },
    body: JSON.stringify(asked),
    signal: AbortSignal.timeout(PATIENCE),
  };
  let status = 0;
  try {
    const response = await fetch(endpoint, request);
    const answer = decode(await response.text());
    status = response.status;
    if (response.ok && answer?.auth) {
      return answer as Token;
    }
    throw answer?.error ?? answer?.message ?? 'no token';
  } catch (cause) {
    throw new OdyWebSocketError('auth', `${endpoint}: ${wordsOf(cause)} (status ${status})`, { status, cause });
  }
}
