import type { ClientOptions } from './options.js';

/**
 * @internal The wait before an attempt, in milliseconds; `attempt` counts from 0. A random half of it is left out, so
 * that clients which lost the same server do not all come back in the same moment.
 */
export function backoff(
  attempt: number,
  { reconnectDelay, reconnectDelayMax }: Pick<ClientOptions, 'reconnectDelay' | 'reconnectDelayMax'>,
): number {
  const longest = Math.min(reconnectDelayMax, reconnectDelay * 2 ** attempt);
  return Math.round(longest * (0.5 + Math.random() / 2));
}
