// Waiting for things, always with a deadline and never by sleeping for a while.
import { connect } from 'node:net';

/** What takes longer does not happen at all: a busy machine may stand still for seconds. */
export const DEADLINE = 30_000;

/** Rejects when a promise takes longer than the deadline. */
export function within(promise, what, milliseconds = DEADLINE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds).ref();
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Asks again and again until the answer is true, at most until the deadline. */
export async function eventually(ask, what, milliseconds = DEADLINE) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${milliseconds} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Things that arrive in order: a test takes them one by one, or waits for the next one. */
export class Inbox {
  #items = [];
  #waiting = [];
  #closed = null;

  push(item) {
    const waiting = this.#waiting.shift();
    waiting ? waiting.resolve(item) : this.#items.push(item);
  }

  /** Nothing more will come: whoever waits gets the error. */
  close(reason) {
    this.#closed = reason;
    this.#waiting.splice(0).forEach((waiting) => waiting.reject(new Error(reason)));
  }

  /** What has arrived and was not taken. */
  get pending() {
    return this.#items.slice();
  }

  /** Takes the next thing. */
  next(what = 'the next message', milliseconds = DEADLINE) {
    if (this.#items.length > 0) {
      return Promise.resolve(this.#items.shift());
    }
    if (this.#closed !== null) {
      return Promise.reject(new Error(`${what}: ${this.#closed}`));
    }
    let waiting;
    const promise = new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      this.#waiting.push(waiting);
    });
    return within(promise, what, milliseconds).catch((error) => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
      throw error;
    });
  }

  /** Takes things until one matches, and returns that one. */
  async until(matches, what = 'a matching message', milliseconds = DEADLINE) {
    const end = Date.now() + milliseconds;
    for (;;) {
      const item = await this.next(what, Math.max(1, end - Date.now()));
      if (matches(item)) {
        return item;
      }
    }
  }
}

/** Whether something accepts connections on a port of this machine. */
export function accepts(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
