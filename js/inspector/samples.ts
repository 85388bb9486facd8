/** The numbers of the server, once a second while somebody looks; rates and quantiles are differences of two readings. */
import { get } from './api.js';

type Counters = Record<string, number>;

/** One app's counters. */
export interface AppNumbers {
  id: string;
  connections: number;
  channels: number;
  subscriptions: number;
  users: number;
  messages_received: number;
  messages_published: number;
  deliveries: number;
  bytes_delivered: number;
}

/** What the server answers. */
export interface Overview {
  clock_us: number;
  cpu_us: number;
  draining: number;
  api_mailbox: number;
  outbound_soft: number;
  outbound_hard: number;
  tails: { open: number; most: number };
  losses: Counters;
  shards: Counters[];
  latency: { bounds: number[]; counts: number[] };
  http: Counters;
  status: {
    version: string;
    engine_pid: number;
    host: string;
    port: number;
    tls: boolean;
    uptime: number;
    memory: number;
    connection_limit: number;
    apps: AppNumbers[];
    php_workers?: Counters;
    webhooks?: Counters;
    redis?: Counters & { connected: unknown };
  };
}

export interface Quantiles {
  half: number | null;
  most: number | null;
  nearly: number | null;
}

/** Seconds of the readings that are kept: what charts show. */
export const KEPT = 120;
const LATENCY_WINDOW = 10; // readings
const EVERY = 1000; // ms

const readings: Overview[] = [];
const listeners = new Set<() => void>();

/** The last reading, or null before the first. */
export const latest = (): Overview | null => readings.at(-1) ?? null;

/** What shards count together. */
export const total = (reading: Overview, name: string): number =>
  reading.shards.reduce((sum, shard) => sum + (shard[name] ?? 0), 0);

/** Seconds between two readings. */
const apart = (from: Overview, to: Overview): number => Math.max((to.clock_us - from.clock_us) / 1e6, 0.001);

/** How much a number grew in a second, between each two readings. */
export function rates(of: (reading: Overview) => number): number[] {
  return readings.slice(1).map((reading, index) => {
    const before = readings[index]!;
    return Math.max(of(reading) - of(before), 0) / apart(before, reading);
  });
}

/** A number as it was at each reading. */
export const values = (of: (reading: Overview) => number): number[] => readings.map(of);

/** How long ago each reading was made when the last one was, seconds. */
export const ages = (): number[] => readings.map((reading) => (latest()!.clock_us - reading.clock_us) / 1e6);

/** The oldest reading of the so many last seconds. */
const since = (seconds: number): Overview | undefined =>
  readings.find((reading) => apart(reading, latest()!) <= seconds + 0.5);

/** How much a number grew in so many last seconds, or since somebody looks. */
export function growth(of: (reading: Overview) => number, seconds: number): number {
  const [from, to] = [since(seconds), latest()];
  return from && to ? Math.max(of(to) - of(from), 0) : 0;
}

/** How many of the so many last seconds somebody has looked. */
export function known(seconds: number): number {
  const [from, to] = [since(seconds), latest()];
  return from && to ? Math.min(Math.round(apart(from, to)), seconds) : 0;
}

/** Where the share of all stands, in µs. What took longer than all bounds is taken for the last of them. */
function quantile(counts: number[], bounds: number[], share: number): number | null {
  const all = counts.reduce((sum, number) => sum + number, 0);
  let left = all * share;
  for (let bucket = 0; bucket < counts.length && all > 0; bucket++) {
    const here = counts[bucket]!;
    if (here >= left && here > 0) {
      const low = bounds[bucket - 1] ?? 0;
      const high = bounds[bucket] ?? low;
      return low + ((high - low) * left) / here;
    }
    left -= here;
  }
  return null;
}

/** Latencies of the seconds that end with a reading. */
function quantilesAt(index: number): Quantiles {
  const { latency } = readings[index]!;
  const before = readings[Math.max(index - LATENCY_WINDOW, 0)]!.latency.counts;
  const counts = latency.counts.map((number, bucket) => number - before[bucket]!);
  const at = (share: number): number | null => quantile(counts, latency.bounds, share);
  return { half: at(0.5), nearly: at(0.95), most: at(0.99) };
}

/** Those of all readings. */
export const quantiles = (): Quantiles[] => readings.map((_, index) => quantilesAt(index));

/** Calls back after each reading. Returns what ends that. */
export function onReading(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Another engine counts anew. */
function add(reading: Overview): void {
  if (readings.at(-1)?.status.engine_pid !== reading.status.engine_pid) {
    readings.length = 0;
  }
  readings.push(reading);
  readings.splice(0, ages().filter((age) => age > KEPT + 1).length);
  listeners.forEach((listener) => listener());
}

let paused = false;
let held = true;
let timer: ReturnType<typeof setTimeout> | undefined;

async function read(): Promise<void> {
  clearTimeout(timer);
  const begun = performance.now();
  if (live()) {
    try {
      add(await get<Overview>('overview'));
    } catch {
      // Whoever shows the state of the server has been told.
    }
  }
  timer = setTimeout(() => void read(), Math.max(EVERY - (performance.now() - begun), 100));
}

/** Holds everything that is read again and again, or lets it go on: a person wants that. */
export function pause(value: boolean): void {
  paused = value;
  if (live()) {
    void read();
  }
}

/** Whether a person wants that. */
export const isPaused = (): boolean => paused;

/** The same while nobody has signed in. When it ends the numbers are read at once. */
export function hold(value: boolean): void {
  held = value;
  if (!value) {
    void read();
  }
}

/** Whether what is shown is to be kept up to date. */
export const live = (): boolean => !paused && !held && !document.hidden;

document.addEventListener('visibilitychange', () => {
  if (live()) {
    void read();
  }
});
