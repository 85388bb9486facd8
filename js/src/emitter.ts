/** A handler of an event. It gets the event's data, and what else is known about the event. */
export type Handler<Data, Meta = void> = (data: Data, meta: Meta) => void;

/** Names of events, and the data that each of them carries. */
export type EventMap = Record<string, any>;

type Entry = [handler: Handler<any, any>, once: boolean];

/**
 * Something that has events. `Events` maps their names to their data.
 *
 * A handler that throws harms no other handler: the exception is told to the client's `error` handlers.
 */
export class Emitter<Events, Meta = void> {
  #entries = new Map<string, Entry[]>();
  #failed: (event: string, thrown: unknown) => void;

  /** @internal */
  constructor(failed: (event: string, thrown: unknown) => void) {
    this.#failed = failed;
  }

  /** Calls the handler at every such event, until `off()`. */
  on<Name extends keyof Events & string>(event: Name, handler: Handler<Events[Name], Meta>): this {
    return this.#add(event, handler, false);
  }

  /** Calls the handler at the next such event only. */
  once<Name extends keyof Events & string>(event: Name, handler: Handler<Events[Name], Meta>): this {
    return this.#add(event, handler, true);
  }

  /** Removes a handler of an event; without a handler all of that event; without an event all there are. */
  off<Name extends keyof Events & string>(event?: Name, handler?: Handler<Events[Name], Meta>): this {
    if (event === undefined) {
      this.#entries.clear();
    } else {
      this.#keep(event, (entry) => handler !== undefined && entry[0] !== handler);
    }
    return this;
  }

  /** @internal Calls the handlers in their order. @returns whether there was one. */
  _emit(event: string, data: unknown, meta?: Meta): boolean {
    const entries = this.#of(event);
    for (const entry of entries) {
      if (entry[1]) {
        this.#keep(event, (other) => other !== entry);
      }
      try {
        entry[0](data, meta);
      } catch (thrown) {
        this.#failed(event, thrown);
      }
    }
    return entries.length > 0;
  }

  #add(event: string, handler: Handler<any, any>, once: boolean): this {
    this.#entries.set(event, [...this.#of(event), [handler, once]]);
    return this;
  }

  /** Lists are replaced, never changed: one that is being called stays as it is. */
  #keep(event: string, wanted: (entry: Entry) => boolean): void {
    const left = this.#of(event).filter(wanted);
    this.#entries.set(event, left);
    if (left.length === 0) {
      this.#entries.delete(event);
    }
  }

  #of(event: string): Entry[] {
    return this.#entries.get(event) ?? [];
  }
}
