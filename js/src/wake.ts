/** What a browser tells about its network, and a page about itself. */
const EVENTS = ['online', 'offline', 'pageshow', 'visibilitychange'];

/** @internal Whether this is a page that nobody sees now. Timers of such a page are late by design. */
export const hidden = (): boolean => globalThis.document?.hidden ?? false;

/**
 * @internal Calls back whenever the line may have changed behind our back: the network came or went, the page became
 * visible again, or was taken out of the back-forward cache. Returns what ends that.
 */
export function watchWorld(happened: (event: string) => void): () => void {
  const end = new AbortController();
  const listener = ({ type }: Event): void => {
    if (type !== 'visibilitychange' || !hidden()) {
      happened(type);
    }
  };
  EVENTS.forEach((event) => globalThis.addEventListener?.(event, listener, { signal: end.signal }));
  return () => end.abort();
}
