/** Numbers as people read them. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** 12,345 */
export const count = (value: number): string => whole.format(value);

/** 12,345 or, where there is little room, 1.2M */
export const few = (value: number): string => (value < 100_000 ? whole.format(value) : short.format(value));

/** How often in a second: 0.4, 12, 3,456 */
export const rate = (value: number): string =>
  value > 0 && value < 10 ? (Math.round(value * 10) / 10).toString() : few(value);

/** 512 B, 1.5 KiB, 3 MiB */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let amount = value;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10} ${units[unit]}`;
}

/** Microseconds: 80 µs, 1.3 ms, 2.5 s */
export function latency(value: number | null): string {
  if (value === null) {
    return '–';
  }
  if (value < 1000) {
    return `${Math.round(value)} µs`;
  }
  return value < 1_000_000 ? `${trim(value / 1000)} ms` : `${trim(value / 1_000_000)} s`;
}

const trim = (value: number): string => (value >= 100 ? Math.round(value) : Math.round(value * 10) / 10).toString();

/** Seconds: 7 s, 12 min, 3 h 5 min, 2 d 4 h */
export function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) {
    return hours ? `${days} d ${hours} h` : `${days} d`;
  }
  if (hours > 0) {
    return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  }
  return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

/** 0.4 %, 37 % */
export const percent = (share: number): string =>
  `${share < 0.1 && share > 0.0005 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;

/** 1 connection, 2 connections */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
