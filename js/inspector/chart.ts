/** Small charts of the last two minutes. They are for the eye; the numbers stand beside them as text. */

const WIDTH = 120;
const SPAN = 30; // values that there is room for at first
const HEIGHT = 36;
const SVG = 'http://www.w3.org/2000/svg';

function shape(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

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
  #lines: SVGElement[] = [];

  constructor(lines = 1) {
    this.element.append(this.#area);
    for (let line = 0; line < lines; line++) {
      const path = shape('path', { class: `line line-${line}`, 'vector-effect': 'non-scaling-stroke' });
      this.#lines.push(path);
      this.element.append(path);
    }
  }

  /** Draws; gaps are null. The newest value is at the right. @returns the most */
  draw(...series: (number | null)[][]): number {
    const most = Math.max(0, ...series.flat().map((value) => value ?? 0));
    const top = roundUp(most);
    series.forEach((values, index) => this.#lines[index]?.setAttribute('d', this.#path(values, top)));
    const outline = this.#path(series[0] ?? [], top);
    const first = /^M([\d.]+)/.exec(outline)?.[1];
    this.#area.setAttribute('d', first ? `${outline}V${HEIGHT}H${first}Z` : '');
    return most;
  }

  #path(values: (number | null)[], top: number): string {
    const span = Math.max(values.length, SPAN);
    const first = span - values.length;
    let path = '';
    values.forEach((value, index) => {
      if (value !== null) {
        const x = ((first + index) * WIDTH) / (span - 1);
        const y = HEIGHT - 1 - (value / top) * (HEIGHT - 3);
        path += `${path ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(1)}`;
      }
    });
    return path;
  }
}
