/** Small charts of the last two minutes. They are for the eye; the numbers stand beside them as text. */
import { KEPT } from './samples.js';

const WIDTH = 120;
const LEAST = 30; // s that there is room for at first
const HEIGHT = 36;
const GAP = 5; // s without a reading: nobody knows what was then
const SVG = 'http://www.w3.org/2000/svg';

type Series = (number | null)[];

function shape(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

const path = (className: string): SVGElement =>
  shape('path', { class: className, 'vector-effect': 'non-scaling-stroke' });

/** The next number that is round: the top of the chart does not move with every value. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

/** A chart that draws one or several lines. */
export class Chart {
  readonly element: SVGElement = shape('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    class: 'chart',
    'aria-hidden': 'true',
    focusable: 'false',
  });
  #area = shape('path', { class: 'area' });
  #lines: SVGElement[];
  #cursor = path('cursor');
  #ages: number[] = [];
  #series: Series[] = [];
  /** How many seconds there is room for. */
  span = LEAST;

  constructor(lines = 1) {
    this.#lines = Array.from({ length: lines }, (_, line) => path(`line line-${line}`));
    this.element.append(this.#area, ...this.#lines, this.#cursor);
  }

  /** Draws. @param ages seconds before now, the oldest first @param series their values; unknown ones are null @returns the most */
  draw(ages: number[], ...series: Series[]): number {
    [this.#ages, this.#series] = [ages, series];
    this.span = Math.min(Math.max(Math.ceil(ages[0] ?? 0), LEAST), KEPT);
    const most = Math.max(0, ...series.flat().map((value) => value ?? 0));
    const high = (value: number): string => (HEIGHT - 1 - (value / roundUp(most)) * (HEIGHT - 3)).toFixed(1);
    const runs = series.map((values) => this.#runs(values, high));
    this.#lines.forEach((line, index) => line.setAttribute('d', runs[index]!.map(({ line: of }) => of).join('')));
    this.#area.setAttribute(
      'd',
      runs[0]!.map(({ line, from, to }) => `${line}L${to} ${HEIGHT}L${from} ${HEIGHT}Z`).join(''),
    );
    return most;
  }

  /** Marks what is nearest to a place. @param place 0 at the left to 1 at the right; null: none @returns its age and values */
  point(place: number | null): { age: number; values: Series } | null {
    const wanted = (1 - (place ?? 0)) * this.span;
    const far = (index: number): number => Math.abs((this.#ages[index] ?? Infinity) - wanted);
    const nearest = this.#ages.reduce((best, _, index) => (far(index) < far(best) ? index : best), 0);
    const shown = place !== null && far(nearest) < GAP;
    const x = this.#across(this.#ages[nearest] ?? 0).toFixed(2);
    this.#cursor.setAttribute('d', shown ? `M${x} 0V${HEIGHT}` : '');
    return shown ? { age: this.#ages[nearest]!, values: this.#series.map((values) => values[nearest] ?? null) } : null;
  }

  #across(age: number): number {
    return (1 - age / this.span) * WIDTH;
  }

  /** The parts of a line between what is not known. */
  #runs(values: Series, high: (value: number) => string): { line: string; from: string; to: string }[] {
    const runs: { line: string; from: string; to: string }[] = [];
    let before: number | null = null;
    values.forEach((value, index) => {
      const age = this.#ages[index]!;
      const x = this.#across(age).toFixed(2);
      const run = runs.at(-1);
      if (value !== null && run && before !== null && before - age <= GAP) {
        run.line += `L${x} ${high(value)}`;
        run.to = x;
      } else if (value !== null) {
        runs.push({ line: `M${x} ${high(value)}`, from: x, to: x });
      }
      before = value === null ? null : age;
    });
    return runs;
  }
}
