import uPlot from 'uplot';
import { epochAxis, type ChartContent, type Measure } from './chartContent';
import { percent, tick } from './numbers';
import { seriesColour, theme } from './theme';

interface Listeners {
  /** The pointer stands at this position in `x`; null when it has left. */
  readonly onPoint: (position: number | null) => void;
  /** This number of epochs trained was clicked. */
  readonly onPick: (x: number) => void;
}

const height = 210;
const rightMargin = 22;

/** A chart in an element, drawn by uPlot. Its size follows the element's width. */
export class LineChart {
  readonly #place: HTMLElement;
  readonly #listeners: Listeners;
  #plot: uPlot | null = null;
  #content: ChartContent;
  #width = 0;
  /** An element over the canvas: it moves in every frame while one looks back, and the curves stay. */
  readonly #selected = document.createElement('div');

  constructor(place: HTMLElement, content: ChartContent, listeners: Listeners) {
    this.#place = place;
    this.#content = content;
    this.#listeners = listeners;
    this.#selected.className = 'selected';
  }

  show(content: ChartContent): void {
    const before = this.#content;
    this.#content = content;
    if (!this.#plot) this.#build();
    else if (structureOf(before) !== structureOf(content)) this.rebuild();
    else if (before.x !== content.x || before.runs !== content.runs) this.#plot.setData(dataOf(content));
    else if (before.selected !== content.selected) this.#markSelected();
  }

  fit(width: number): void {
    if (width < 1 || width === this.#width) return;
    this.#width = width;
    if (this.#plot) this.#plot.setSize({ width, height });
    else this.#build();
  }

  /** Draws everything anew, as after a change of theme. */
  rebuild(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.#build();
  }

  get canvas(): HTMLCanvasElement | null {
    return this.#plot?.ctx.canvas ?? null;
  }

  destroy(): void {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #build(): void {
    if (this.#width < 1) return;
    this.#plot = new uPlot(this.#options(), dataOf(this.#content), this.#place);
    this.#plot.over.append(this.#selected);
    this.#markSelected();
    this.#plot.over.addEventListener('click', () => {
      const position = this.#plot?.cursor.idx;
      const x = typeof position === 'number' ? this.#content.x[position] : undefined;
      if (x !== undefined) this.#listeners.onPick(x);
    });
  }

  #markSelected(): void {
    const { selected } = this.#content;
    this.#selected.hidden = selected === null || !this.#plot;
    if (selected === null || !this.#plot) return;
    this.#selected.style.transform = `translateX(${this.#plot.valToPos(selected, 'x').toFixed(2)}px)`;
  }

  #options(): uPlot.Options {
    const content = this.#content;
    const fraction = content.unit === 'fraction';
    const { axis: along = epochAxis, yRange } = content;
    return {
      width: this.#width,
      height,
      padding: [18, rightMargin, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: along.key },
        points: { size: 7 },
      },
      scales: {
        x: { time: false, range: [0, content.axis ? content.xMax : Math.max(1, content.xMax)] },
        y: { range: yRange ? [...yRange] : fraction ? fractionRange : plainRange },
      },
      axes: [
        {
          ...axis(),
          incrs: [...along.increments],
          size: 26,
          space: 36,
          values: (_, splits) => splits.map(along.format),
        },
        {
          ...axis(),
          size: 46,
          space: 34,
          values: (_, splits) => splits.map((value) => (fraction ? percent(value, 0) : tick(value))),
        },
      ],
      series: [{}, ...seriesOf(content)],
      bands: bandsOf(content),
      hooks: {
        drawAxes: [drawMarks(() => this.#content)],
        draw: [
          drawEnds(() => this.#content),
          () => {
            this.#markSelected();
          },
        ],
        setCursor: [
          (plot) => {
            this.#listeners.onPoint(plot.cursor.left! < 0 ? null : (plot.cursor.idx ?? null));
          },
        ],
      },
    };
  }
}

/** Changes of this need a new plot; everything else is new data. */
function structureOf({ measures, runs, xMax, unit, yRange }: ChartContent): string {
  return JSON.stringify([
    measures.map(({ name, line }) => [name, line]),
    runs.map(({ colour }) => colour),
    xMax,
    unit,
    yRange,
  ]);
}

/** Measures that are drawn, or bound a filled area. */
function drawn(content: ChartContent): { measure: Measure; index: number }[] {
  const filledTo = new Set(content.measures.map(({ fillTo }) => fillTo));
  return content.measures
    .map((measure, index) => ({ measure, index }))
    .filter(({ measure, index }) => measure.line !== 'none' || measure.fillTo !== undefined || filledTo.has(index));
}

function dataOf(content: ChartContent): uPlot.AlignedData {
  const curves = content.runs.flatMap(({ values }) => drawn(content).map(({ index }) => [...values[index]!]));
  return [[...content.x], ...curves];
}

const dashes: Readonly<Record<Measure['line'], number[]>> = { solid: [], dashed: [6, 4], dotted: [2, 3], none: [] };

function seriesOf(content: ChartContent): uPlot.Series[] {
  return content.runs.flatMap(({ colour }) =>
    drawn(content).map(({ measure }) => ({
      stroke: measure.line === 'none' ? 'transparent' : seriesColour(colour),
      width: measure.line === 'solid' ? 2 : 1.25,
      dash: dashes[measure.line],
      spanGaps: true,
      points: { show: content.x.length < 3 && measure.line !== 'none', size: 5 },
    })),
  );
}

function bandsOf(content: ChartContent): uPlot.Band[] {
  const perRun = drawn(content);
  return content.runs.flatMap(({ colour }, run) =>
    perRun.flatMap(({ measure }, position) => {
      if (measure.fillTo === undefined) return [];
      const edge = perRun.findIndex(({ index }) => index === measure.fillTo);
      const first = 1 + run * perRun.length;
      const fill = `color-mix(in srgb, ${seriesColour(colour)} 13%, transparent)`;
      return [{ series: [first + position, first + edge], fill } satisfies uPlot.Band];
    }),
  );
}

function axis(): uPlot.Axis {
  const { muted, gridLine, axisFont } = theme();
  return {
    stroke: muted,
    font: axisFont,
    gap: 4,
    grid: { stroke: gridLine, width: 1 },
    ticks: { show: false },
  };
}

/** Whole tens of per cent around the values. */
function fractionRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const from = Math.min(0.9, Math.max(0, Math.floor(low * 10) / 10));
  return [from, Math.max(from + 0.1, Math.min(1, Math.ceil(high * 10) / 10))];
}

function plainRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  return low === null || high === null ? [0, 1] : [0, high * 1.06];
}

type Hook = (plot: uPlot) => void;

/** Where another learning rate begins: a line, and the rate above the plot where it fits. */
function drawMarks(content: () => ChartContent): Hook {
  return (plot) => {
    const { marks } = content();
    const { top, height: inner, left, width } = plot.bbox;
    const scale = uPlot.pxRatio;
    const { muted, axisFont } = theme();
    inContext(plot, (context) => {
      context.strokeStyle = muted;
      context.fillStyle = muted;
      context.font = scaledFont(axisFont, scale);
      context.textBaseline = 'bottom';
      context.globalAlpha = 0.8;
      for (const [index, { x, label }] of marks.entries()) {
        const at = plot.valToPos(x, 'x', true);
        const end =
          index + 1 < marks.length ? plot.valToPos(marks[index + 1]!.x, 'x', true) : left + width + rightMargin;
        if (index > 0) line(context, at, top, top + inner, [1 * scale, 3 * scale]);
        const room = end - at - 4 * scale;
        if (context.measureText(label).width <= room) context.fillText(label, at + 2 * scale, top - 3 * scale);
      }
    });
  };
}

/** The run's letter beside the newest point of its first drawn measure. */
function drawEnds(content: () => ChartContent): Hook {
  return (plot) => {
    const shown = content();
    if (shown.runs.length < 2) return;
    const measure = shown.measures.findIndex(({ line: kind }) => kind === 'solid');
    const scale = uPlot.pxRatio;
    inContext(plot, (context) => {
      context.font = scaledFont(`bold ${theme().axisFont}`, scale);
      context.textBaseline = 'middle';
      for (const { letter, x, y, colour } of ends(shown, measure, plot)) {
        context.fillStyle = seriesColour(colour);
        context.fillText(letter, x + 5 * scale, y);
      }
    });
  };
}

interface End {
  readonly letter: string;
  readonly colour: number;
  readonly x: number;
  y: number;
}

/** Ends of curves, moved apart where they would overlap. */
function ends(content: ChartContent, measure: number, plot: uPlot): End[] {
  const found = content.runs.flatMap(({ letter, colour, values }): End[] => {
    const position = values[measure]?.findLastIndex((value) => value !== null) ?? -1;
    if (position < 0) return [];
    const x = plot.valToPos(content.x[position]!, 'x', true);
    return [{ letter, colour, x, y: plot.valToPos(values[measure]![position]!, 'y', true) }];
  });
  found.sort((a, b) => a.y - b.y);
  const apart = 12 * uPlot.pxRatio;
  for (const [index, end] of found.entries()) {
    const above = found[index - 1];
    if (above) end.y = Math.max(end.y, above.y + apart);
  }
  let floor = plot.bbox.top + plot.bbox.height;
  for (const end of found.toReversed()) {
    end.y = Math.min(end.y, floor);
    floor = end.y - apart;
  }
  return found;
}

function inContext(plot: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  plot.ctx.save();
  draw(plot.ctx);
  plot.ctx.restore();
}

function line(context: CanvasRenderingContext2D, x: number, from: number, to: number, dash: number[]): void {
  context.lineWidth = uPlot.pxRatio;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  context.stroke();
}

/** A CSS font in canvas pixels. */
export function scaledFont(font: string, scale: number): string {
  return font.replace(/(\d+)px/, (_, size: string) => `${Number(size) * scale}px`);
}
