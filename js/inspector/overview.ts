/** The server at a glance: charts, threads, apps, what was refused or lost, and what works beside it. */
import { make } from '../shared/dom.js';
import { Chart } from './chart.js';
import { bytes, count, duration, few, latency, percent, plural, rate } from './format.js';
import { LOSSES } from './losses.js';
import {
  KEPT,
  type Overview,
  ages,
  growth,
  known,
  latest,
  onReading,
  quantiles,
  rates,
  total,
  values,
} from './samples.js';
import { type View, anchor, register } from './views.js';

const MINUTE = 60; // s
const NEARLY = 0.9; // of what is possible

interface Shown {
  value: string;
  note: string | Node;
  /** Something is not well: what, in words. */
  alarm?: string | false;
  /** Values of the last readings. */
  series: (number | null)[][];
}

interface Card {
  title: string;
  /** The view that shows more. */
  more?: string[];
  lines?: number;
  /** Says a value of the chart. */
  say: (value: number) => string;
  show: (reading: Overview) => Shown;
}

/** Which line of a chart is which. */
function legend(line: number, words: string): HTMLElement {
  const dot = make('span', `dot dot-${line}`);
  dot.setAttribute('aria-hidden', 'true');
  return make('span', 'legend', dot, words);
}

const last = (series: number[]): number => series.at(-1) ?? 0;

const often = (value: number): string => `${rate(value)}/s`;

/** A card of something that is counted, as so much a second. */
const flow = (title: string, name: string, note: (reading: Overview) => string): Card => ({
  title,
  say: often,
  show: (reading) => {
    const series = rates((each) => total(each, name));
    return { value: often(last(series)), note: note(reading), series: [series] };
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

const opened = (reading: Overview): number => total(reading, 'accepted') - total(reading, 'handed_over');

const CARDS: Card[] = [
  {
    title: 'Connections',
    more: ['connections'],
    say: few,
    show: (reading) => {
      const [now, most] = [total(reading, 'connections'), reading.status.connection_limit];
      return {
        value: few(now),
        note: `of ${few(most)} · ${often(last(rates(opened)))} new`,
        alarm: now > NEARLY * most && `nearly all of ${few(most)} possible`,
        series: [values((each) => total(each, 'connections'))],
      };
    },
  },
  {
    title: 'Channels',
    more: ['channels'],
    say: few,
    show: (reading) => ({
      value: few(total(reading, 'channels')),
      note: `${few(total(reading, 'subscriptions'))} subscriptions`,
      series: [values((each) => total(each, 'channels'))],
    }),
  },
  flow('Published', 'messages_published', (reading) => `${few(total(reading, 'messages_published'))} since the start`),
  flow('Delivered', 'deliveries', () => `${bytes(last(rates((each) => total(each, 'bytes_sent'))))}/s sent`),
  flow(
    'From clients',
    'messages_received',
    () => `${often(last(rates((each) => total(each, 'client_errors'))))} refused`,
  ),
  {
    title: 'Publish to socket',
    lines: 2,
    say: latency,
    show: () => {
      const series = quantiles();
      const now = series.at(-1);
      return {
        value: latency(now?.most ?? null),
        note:
          now?.half == null
            ? 'nothing published in 10 s'
            : make('span', '', legend(0, 'p99'), legend(1, `p50 ${latency(now.half)}`)),
        series: [series.map(({ most }) => most), series.map(({ half }) => half)],
      };
    },
  },
  {
    title: 'Busiest thread',
    say: percent,
    show: (reading) => {
      const series = load();
      return {
        value: percent(last(series)),
        note: `${percent(last(rates((each) => each.cpu_us / 1e6)))} CPU · ${bytes(reading.status.memory)} memory`,
        alarm: last(series) > NEARLY && 'it can hardly keep up',
        series: [series],
      };
    },
  },
  {
    title: 'Waiting for clients',
    more: ['connections', '', '', 'slow'],
    say: bytes,
    show: (reading) => {
      const now = total(reading, 'outbound_bytes');
      return {
        value: bytes(now),
        note: `${bytes(reading.api_mailbox + total(reading, 'mailbox'))} between threads`,
        alarm: now > reading.outbound_soft && 'somebody reads slowly',
        series: [values((each) => total(each, 'outbound_bytes'))],
      };
    },
  },
];

/** What a chart says: the value under the pointer, or the most. */
function readout(
  chart: Chart,
  say: (value: number) => string,
): { element: HTMLElement; update: (most: number) => void } {
  const span = make('span', 'span', '');
  const words = make('span', 'most', '');
  const element = make('dd', 'picture', span, words);
  let place: number | null = null;
  let most = 0;
  const show = (): void => {
    const found = chart.point(place);
    words.textContent = found
      ? `${found.values.map((value) => (value === null ? '–' : say(value))).join(' / ')}, ${duration(found.age)} ago`
      : `most ${say(most)}`;
  };
  element.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = element.getBoundingClientRect();
    place = (clientX - left) / width;
    show();
  });
  element.addEventListener('pointerleave', () => {
    place = null;
    show();
  });
  element.append(chart.element);
  const update = (value: number): void => {
    most = value;
    span.textContent = `last ${chart.span < KEPT ? `${chart.span} s` : '2 min'}`;
    show();
  };
  return { element, update };
}

/** One card, and what brings it up to date. */
function card({ title, more, lines = 1, say, show }: Card): {
  element: HTMLElement;
  update: (reading: Overview) => void;
} {
  const value = make('dd', 'figure', '–');
  const note = make('dd', 'note', '');
  const chart = new Chart(lines);
  const picture = readout(chart, say);
  const name = make('dt', '', more ? anchor(title, ...more) : title);
  const element = make('div', 'card figure-card', name, value, note, picture.element);
  const update = (reading: Overview): void => {
    const shown = show(reading);
    const times = ages();
    const series = shown.series.map((known) => [...times.slice(known.length).map(() => null), ...known]);
    value.textContent = shown.value;
    note.replaceChildren(shown.alarm || shown.note);
    element.classList.toggle('alarm', Boolean(shown.alarm));
    picture.update(chart.draw(times, ...series));
  };
  return { element, update };
}

/** @param wide columns that are left out where there is little room */
function table(
  caption: string,
  heads: string[],
  wide: number[],
): { element: HTMLElement; fill: (rows: (string | HTMLElement)[][]) => void } {
  const style = (index: number): string => `${index === 0 ? '' : 'numeric'}${wide.includes(index) ? ' wide' : ''}`;
  const cells = heads.map((words, index) => {
    const head = make('th', style(index), words);
    head.setAttribute('scope', 'col');
    return head;
  });
  const body = make('tbody', '') as HTMLTableSectionElement;
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
  const fill = (rows: (string | HTMLElement)[][]): void => {
    rows.forEach((row, at) => {
      const element = body.rows[at] ?? body.appendChild(make('tr', '') as HTMLTableRowElement);
      row.forEach((content, index) => {
        const cell = element.cells[index] ?? element.appendChild(make(index === 0 ? 'th' : 'td', style(index)));
        if (cell.textContent !== (typeof content === 'string' ? content : content.textContent)) {
          cell.replaceChildren(content); // what has the focus stays
        }
      });
      element.cells[0]?.setAttribute('scope', 'row');
    });
    while (body.rows.length > rows.length) {
      body.deleteRow(-1);
    }
  };
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
          often(grown('deliveries')),
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
          often(last(rates((each) => each.status.apps[index]?.[name] ?? 0)));
        return [
          anchor(app.id, 'channels', app.id),
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

/** What the last minute brought, as far as it is known. */
function news(name: string): { fresh: boolean; words: string } {
  const recent = growth((reading) => reading.losses[name] ?? 0, MINUTE);
  const time = known(MINUTE);
  const span = time === MINUTE ? 'in the last minute' : `in the last ${time} s`;
  return { fresh: recent > 0, words: time === 0 ? '' : recent > 0 ? `+${count(recent)} ${span}` : `none ${span}` };
}

function loss(name: string, number: number): HTMLElement {
  const { fresh, words } = news(name);
  const [what, setting] = LOSSES[name] ?? [name];
  return make(
    'li',
    fresh ? 'loss fresh' : 'loss',
    make('span', 'what', what),
    make('span', 'total', count(number)),
    make('div', 'news', make('span', '', words), ...(setting ? [make('code', '', setting)] : [])),
  );
}

function limits(): { element: HTMLElement; update: (reading: Overview) => void } {
  const none = make('p', 'hint', 'Nothing was refused and nothing was lost since the start.');
  const list = make('ul', 'losses');
  const update = ({ losses }: Overview): void => {
    const kinds = Object.entries(losses).filter(([name, number]) => name !== 'all' && number > 0);
    none.hidden = kinds.length > 0;
    list.replaceChildren(...kinds.map(([name, number]) => loss(name, number)));
  };
  return { element: make('section', 'card', make('h2', '', 'Limits and losses'), none, list), update };
}

/** What works beside the threads; not every server has all of it. */
function parts({ http, status, tails }: Overview): [string, string][] {
  const { php_workers: php, webhooks, redis, version, host, port, tls, uptime } = status;
  const answered = rate(last(rates((reading) => reading.http['answers'] ?? 0)));
  const open = plural(http['connections'] ?? 0, 'connection');
  const of = (numbers: Record<string, number>, name: string): string => count(numbers[name] ?? 0);
  const all: [string, string | undefined][] = [
    ['Server', `Ody WebSocket ${version} at ${host}:${port}${tls ? ' (TLS)' : ''}`],
    ['Running for', duration(uptime)],
    [
      'HTTP API',
      `${answered} ${answered === '1' ? 'request' : 'requests'}/s · ${open} · ${of(http, 'failed_requests')} failed`,
    ],
    [
      'PHP workers',
      php && `${php['busy']} of ${php['connected']} busy · ${of(php, 'queue')} waiting · ${of(php, 'failed')} failed`,
    ],
    [
      'Webhooks',
      webhooks &&
        `${of(webhooks, 'queue')} waiting · ${of(webhooks, 'sent')} sent · ${webhooks['failing'] || 'none'} failing`,
    ],
    ['Redis', redis && `${redis.connected ? 'connected' : 'not connected'} · ${of(redis, 'messages')} messages`],
    ['Inspectors', `watch ${tails.open} of at most ${tails.most} channels and users`],
  ];
  return all.flatMap(([name, words]) => (words ? [[name, words]] : []));
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
  const figures = make('dl', 'figures', ...cards.map(({ element }) => element));
  const columns = make(
    'div',
    'columns',
    make('div', 'column', ...left.map(({ element }) => element)),
    make('div', 'column', ...right.map(({ element }) => element)),
  );
  const title = make('h2', 'hidden-words', 'Overview');
  const update = (): void => {
    const reading = latest();
    columns.hidden = !reading;
    if (reading) {
      all.forEach((part) => part.update(reading));
    }
  };
  update();
  return { title: 'Overview', element: make('div', 'overview', title, figures, columns), leave: onReading(update) };
}

export function startOverview(): void {
  register('', overview);
}
