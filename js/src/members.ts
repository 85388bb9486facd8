import type { Channel } from './channel.js';

/** A user in a presence channel, however many connections they have. */
export interface Member<Info = any> {
  user_id: string;
  user_info: Info;
}

/**
 * Who is in a presence channel. It is complete from `subscription_succeeded` on, and empty while there is no
 * subscription.
 *
 * ```js
 * channel.members.here((members) => list(members)).joining((member) => add(member)).leaving((member) => remove(member));
 * for (const { user_id, user_info } of channel.members) { … }
 * ```
 */
export class Members<Info = any> implements Iterable<Member<Info>> {
  /** The id that this client has in the channel; null while it is not known. */
  myId: string | null = null;
  #all = new Map<string, Member<Info>>();
  #channel: Channel<any>;

  /** @internal */
  constructor(channel: Channel<any>) {
    this.#channel = channel;
  }

  /** How many users there are. */
  get count(): number {
    return this.#all.size;
  }

  /** This client's own user; null while it is not in the channel. */
  get me(): Member<Info> | null {
    return this.#all.get(this.myId as string) ?? null;
  }

  /** A user by id; null when they are not in the channel. */
  get(id: string | number): Member<Info> | null {
    return this.#all.get(String(id)) ?? null;
  }

  /** All users. */
  all(): Member<Info>[] {
    return [...this.#all.values()];
  }

  [Symbol.iterator](): Iterator<Member<Info>> {
    return this.all().values(); // of those who are there now
  }

  /** Calls back with all users after every subscription, also after one that was renewed on a new connection. */
  here(handler: (members: Member<Info>[]) => void): this {
    this.#channel.on('here', handler);
    return this;
  }

  /** Calls back with every user whose first connection joins. */
  joining(handler: (member: Member<Info>) => void): this {
    this.#channel.on('joining', handler);
    return this;
  }

  /** Calls back with every user whose last connection leaves. */
  leaving(handler: (member: Member<Info>) => void): this {
    this.#channel.on('leaving', handler);
    return this;
  }

  /** @internal What the confirmation says: ids and their data. */
  _reset(presence?: { hash?: Record<string, Info> }): void {
    this.#all.clear();
    Object.entries(presence?.hash ?? {}).forEach((entry) => this._add(...entry));
  }

  /** @internal @returns the member. */
  _add(id: unknown, info: Info): Member<Info> {
    const member = { user_id: String(id), user_info: info };
    this.#all.set(member.user_id, member);
    return member;
  }

  /** @internal @returns the member that was there. */
  _remove(id: unknown): Member<Info> {
    const member = this.get(id as string) ?? this._add(id, undefined as Info);
    this.#all.delete(member.user_id);
    return member;
  }
}
