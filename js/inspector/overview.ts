/** The server at a glance: charts, threads, apps, what was refused or lost, and what works beside it. */
import { make } from '../page/dom.js';
import { Chart } from './chart.js';
import { bytes, count, duration, few, latency, percent, rate } from './format.js';
import { LOSSES } from './losses.js';
import { type Overview, growth, latest, onReading, quantiles, rates, total, values } from './samples.js';
import { type View, register } from './views.js';

const MINUTE = 60; // s

interface Shown {
  value: string;
  note: string | Node;
  series: (number | null)[][];
  most: (value: number) => string;
}

interface Card {
  title: string;
  lines?: number;
  show: (reading: Overview) => Shown;
}

/** Which line of a chart is which. */
function legend(line: number, words: string): HTMLElement {
  const dot = make('span', `dot dot-${line}`);
  dot.setAttribute('aria-hidden', 'true');
  return make('span', 'legend', dot, words);
}

const last = (series: number[]): number => series.at(-1) ?? 0;

/** A card of something that is counted, as so much a second. */
const flow = (title: string, name: string, note: (reading: Overview) => string): Card => ({
  title,
  show: (reading) => {
    const series = rates((each) => total(each, name));
    return {
      value: `${rate(last(series))}/s`,
      note: note(reading),
      series: [series],
      most: (most) => `${rate(most)}/s`,
    };
  },
});

/** How busy the busiest thread is, between each two readings. */
function load(): number[] {
  const shards = latest()?.shards.length ?? 0;
  const each = Array.from({ length: shards }, (_, shard) =>
    rates((reading) => (reading.shards[shard]?.['busy_time'] ?? 0) / 1e6),
  );
  return (each[0] ?? []).map((_, index) => Math.min(Math.max(...each.map((series) => series[index] ?? 0)), 1));
}

const CARDS: Card[] = [
  {
    title: 'Connections',
    show: (reading) => ({
      value: few(total(reading, 'connections')),
      note: `of ${few(reading.status.connection_limit)} · ${rate(last(rates((each) => total(each, 'accepted') - total(each, 'handed_over'))))}/s new`,
      series: [values((each) => total(each, 'connections'))],
      most: few,
    }),
  },
  {
    title: 'Channels',
    show: (reading) => ({
      value: few(total(reading, 'channels')),
      note: `${few(total(reading, 'subscriptions'))} subscriptions`,
      series: [values((each) => total(each, 'channels'))],
      most: few,
    }),
  },
  flow('Published', 'messages_published', (reading) => `${few(total(reading, 'messages_published'))} since the start`),
  flow('Delivered', 'deliveries', () => `${bytes(last(rates((each) => total(each, 'bytes_sent'))))}/s sent`),
  flow(
    'From clients',
    'messages_received',
    () => `${rate(last(rates((each) => total(each, 'client_errors'))))}/s answered with an error`,
  ),
  {
    title: 'Latency',
    lines: 2,
    show: () => {
      const series = quantiles();
      const now = series.at(-1);
      return {
        value: latency(now?.most ?? null),
        note:
          now?.half == null
            ? 'nothing published in 10 s'
            : make('span', '', legend(0, '99 %'), legend(1, `half in ${latency(now.half)}`)),
        series: [series.map(({ most }) => most), series.map(({ half }) => half)],
        most: latency,
      };
    },
  },
  {
    title: 'Busiest thread',
    show: (reading) => ({
      value: percent(last(load())),
      note: `${percent(last(rates((each) => each.cpu_us / 1e6)))} processor · ${bytes(reading.status.memory)} memory`,
      series: [load()],
      most: percent,
    }),
  },
  {
    title: 'Waiting for clients',
    show: (reading) => ({
      value: bytes(total(reading, 'outbound_bytes')),
      note: `${bytes(reading.api_mailbox + total(reading, 'mailbox'))} between threads`,
      series: [values((each) => total(each, 'outbound_bytes'))],
      most: bytes,
    }),
  },
];

/** One card, and what brings it up to date. */
function card({ title, lines = 1, show }: Card): { element: HTMLElement; update: (reading: Overview) => void } {
  const value = make('dd', 'figure', '–');
  const note = make('dd', 'note', '');
  const most = make('span', 'most', '');
  const chart = new Chart(lines);
  const picture = make('dd', 'picture', most);
  picture.append(chart.element);
  const element = make('div', 'card figure-card', make('dt', '', title), value, note, picture);
  const update = (reading: Overview): void => {
    const shown = show(reading);
    value.textContent = shown.value;
    note.replaceChildren(shown.note);
    most.textContent = `most ${shown.most(chart.draw(...shown.series))}`;
  };
  return { element, update };
}

/** @param wide columns that are left out where there is little room */
function table(
  caption: string,
  heads: string[],
  wide: number[],
): { element: HTMLElement; fill: (rows: (string | Node)[][]) => void } {
  const style = (index: number): string => `${index === 0 ? '' : 'numeric'}${wide.includes(index) ? ' wide' : ''}`;
  const cells = heads.map((words, index) => {
    const head = make('th', style(index), words);
    head.setAttribute('scope', 'col');
    return head;
  });
  const body = make('tbody', '');
  const whole = make(
    'table',
    '',
    make('caption', 'hidden-words', caption),
    make('thead', '', make('tr', '', ...cells)),
    body,
  );
  const frame = make('div', 'table', whole);
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', caption);
  const fill = (rows: (string | Node)[][]): void =>
    body.replaceChildren(
      ...rows.map((row) => {
        const cellsOf = row.map((content, index) => make(index === 0 ? 'th' : 'td', style(index), content));
        cellsOf[0]?.setAttribute('scope', 'row');
        return make('tr', '', ...cellsOf);
      }),
    );
  return { element: frame, fill };
}

/** A share as a bar, beside its number. */
function bar(share: number): HTMLElement {
  const inner = make('span', 'bar-inner');
  inner.style.width = `${Math.min(share, 1) * 100}%`;
  const outer = make('span', 'bar', inner);
  outer.setAttribute('aria-hidden', 'true');
  return make('span', 'share', percent(share), outer);
}

function threads(): { element: HTMLElement; update: (reading: Overview) => void } {
  const { element, fill } = table(
    'Threads',
    ['Thread', 'Load', 'Connections', 'Channels', 'Delivered', 'Waiting'],
    [3, 5],
  );
  const update = (reading: Overview): void =>
    fill(
      reading.shards.map((shard, index) => {
        const grown = (name: string): number => last(rates((each) => each.shards[index]?.[name] ?? 0));
        return [
          String(index),
          bar(grown('busy_time') / 1e6),
          count(shard['connections'] ?? 0),
          count(shard['channels'] ?? 0),
          `${rate(grown('deliveries'))}/s`,
          bytes((shard['outbound_bytes'] ?? 0) + (shard['mailbox'] ?? 0)),
        ];
      }),
    );
  return { element: make('section', 'card', make('h2', '', 'Threads'), element), update };
}

function apps(): { element: HTMLElement; update: (reading: Overview) => void } {
  const { element, fill } = table(
    'Apps',
    ['App', 'Connections', 'Channels', 'Users', 'Published', 'Delivered'],
    [2, 3],
  );
  const update = (reading: Overview): void =>
    fill(
      reading.status.apps.map((app, index) => {
        const grown = (name: 'messages_published' | 'deliveries'): string =>
          `${rate(last(rates((each) => each.status.apps[index]?.[name] ?? 0)))}/s`;
        return [
          app.id,
          count(app.connections),
          count(app.channels),
          count(app.users),
          grown('messages_published'),
          grown('deliveries'),
        ];
      }),
    );
  return { element: make('section', 'card', make('h2', '', 'Apps'), element), update };
}

function limits(): { element: HTMLElement; update: (reading: Overview) => void } {
  const none = make('p', 'hint', 'Nothing was refused and nothing was lost since the start.');
  const list = make('ul', 'losses');
  const update = ({ losses }: Overview): void => {
    const known = Object.entries(losses).filter(([name, number]) => name !== 'all' && number > 0);
    none.hidden = known.length > 0;
    list.replaceChildren(
      ...known.map(([name, number]) => {
        const recent = growth((reading) => reading.losses[name] ?? 0, MINUTE);
        const news = make(
          'span',
          recent > 0 ? 'news' : 'news none',
          recent > 0 ? `+${count(recent)} in the last minute` : 'none in the last minute',
        );
        return make(
          'li',
          recent > 0 ? 'loss fresh' : 'loss',
          make('span', 'what', LOSSES[name] ?? name),
          make('span', 'total', count(number)),
          news,
        );
      }),
    );
  };
  return { element: make('section', 'card', make('h2', '', 'Limits and losses'), none, list), update };
}

/** The parts that are not there on every server. */
function parts({ http, status, tails }: Overview): [string, string][] {
  const { php_workers: php, webhooks, redis } = status;
  const answered = last(rates((reading) => reading.http['answers'] ?? 0));
  return [
    [
      'HTTP API',
      `${rate(answered)} requests/s · ${count(http['connections'] ?? 0)} connections · ${count(http['failed_requests'] ?? 0)} failed`,
    ],
    ...(php
      ? [
          [
            'PHP workers',
            `${php['busy']} of ${php['connected']} busy · ${count(php['queue'] ?? 0)} waiting · ${count(php['failed'] ?? 0)} failed`,
          ] as [string, string],
        ]
      : []),
    ...(webhooks
      ? [
          [
            'Webhooks',
            `${count(webhooks['queue'] ?? 0)} waiting · ${count(webhooks['sent'] ?? 0)} sent · ${webhooks['failing'] ? `${webhooks['failing']} failing` : 'none failing'}`,
          ] as [string, string],
        ]
      : []),
    ...(redis
      ? [
          [
            'Redis',
            `${redis.connected ? 'connected' : 'not connected'} · ${count(redis['messages'] ?? 0)} messages`,
          ] as [string, string],
        ]
      : []),
    ['Watched here', `${tails.open} of ${tails.most} channels and users`],
    ['Running for', duration(status.uptime)],
  ];
}

function beside(): { element: HTMLElement; update: (reading: Overview) => void } {
  const list = make('dl', 'properties');
  const update = (reading: Overview): void =>
    list.replaceChildren(...parts(reading).flatMap(([name, words]) => [make('dt', '', name), make('dd', '', words)]));
  return { element: make('section', 'card', make('h2', '', 'Services'), list), update };
}

function overview(): View {
  const cards = CARDS.map(card);
  const [left, right] = [
    [threads(), apps()],
    [limits(), beside()],
  ];
  const all = [...cards, ...left, ...right];
  const update = (): void => {
    const reading = latest();
    if (reading) {
      all.forEach((part) => part.update(reading));
    }
  };
  const figures = make('dl', 'figures', ...cards.map(({ element }) => element));
  const columns = make(
    'div',
    'columns',
    make('div', 'column', ...left.map(({ element }) => element)),
    make('div', 'column', ...right.map(({ element }) => element)),
  );
  const title = make('h2', 'hidden-words', 'Overview');
  update();
  return { title: 'Overview', element: make('div', 'overview', title, figures, columns), leave: onReading(update) };
}

export function startOverview(): void {
  register('', overview);
}
