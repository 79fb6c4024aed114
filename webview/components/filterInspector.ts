import { html, nothing, render } from 'lit-html';
import type { LayerRecord } from '../../src/runs/model/format';
import { largest, layerRecord, shareOf } from './filterLife';
import { describeFilter } from './layerTable';
import type { ShownRun } from './shownRuns';
import { spread } from './spread';
import { onThemeChange, theme } from './theme';
import { observeWidth, unobserveWidth } from './widths';

export interface InspectedFilter {
  readonly run: ShownRun;
  /** Index of the pruning looked at. */
  readonly at: number;
  readonly layer: string;
  readonly filter: number;
}

const height = 44;

/** `<filter-inspector>`: what there is to say of one filter, and its score from pruning to pruning. */
export class FilterInspector extends HTMLElement {
  #shown: InspectedFilter | null = null;
  #forgetTheme: () => void = () => undefined;

  /** Null asks to point at a filter. */
  show(inspected: InspectedFilter | null): void {
    this.#shown = inspected;
    this.#paint();
  }

  connectedCallback(): void {
    this.setAttribute('role', 'status');
    this.#forgetTheme = onThemeChange(() => {
      this.#paint();
    });
    observeWidth(this);
    this.#paint();
  }

  disconnectedCallback(): void {
    unobserveWidth(this);
    this.#forgetTheme();
  }

  fit(): void {
    this.#paint();
  }

  #paint(): void {
    const shown = this.#shown;
    if (!shown) {
      render(html`<p class="empty">Point at a filter, or step through them with the arrow keys.</p>`, this);
      return;
    }
    const { run, at, layer, filter } = shown;
    const [name, ...facts] = describeFilter(run, at, layer, filter).split('\n');
    render(
      html`<strong>${name}</strong>${facts.map((fact) => html`<div>${fact}</div>`)}
        ${
          run.prunings.length > 1
            ? html`<canvas role="img" aria-label="Score of the filter from pruning to pruning"></canvas>
                <div class="axis">
                  <span>before training</span><span>epoch ${run.prunings.at(-1)!.event.epoch + 1}</span>
                </div>`
            : nothing
        }`,
      this,
    );
    const canvas = this.querySelector('canvas');
    if (canvas) paintScores(canvas, shown);
  }
}

/**
 * The scores as a line, broken where they can't be read; crosses below where the filter was pruned; an upright line at the pruning
 * looked at.
 */
function paintScores(canvas: HTMLCanvasElement, { run, at, layer, filter }: InspectedFilter): void {
  const width = canvas.clientWidth;
  const scale = window.devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  const last = run.prunings.length - 1;
  // One a pixel is all that can be told apart.
  const records = spread(last + 1, Math.max(2, width)).map((index) => ({
    x: xOf(index, last, width),
    record: layerRecord(run.prunings[index], layer),
  }));
  const { muted } = theme();
  context.strokeStyle = muted;
  context.beginPath();
  context.moveTo(xOf(at, last, width), 0);
  context.lineTo(xOf(at, last, width), height);
  context.stroke();
  paintLine(context, records, filter);
  paintCrosses(context, records, filter);
}

interface Point {
  readonly x: number;
  readonly record: LayerRecord | null;
}

function xOf(index: number, last: number, width: number): number {
  return 4 + ((width - 8) * index) / Math.max(1, last);
}

function paintLine(context: CanvasRenderingContext2D, points: readonly Point[], filter: number): void {
  const most = largest(Float32Array.from(points, ({ record }) => record?.scores[filter] ?? 0));
  const y = (score: number): number => 3 + (height - 16) * (1 - shareOf(score, most));
  context.strokeStyle = theme().ramp.at(-1)!;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [index, { x, record }] of points.entries()) {
    if (record === null) continue;
    const point = [x, y(record.scores[filter]!)] as const;
    if (points[index - 1]?.record) context.lineTo(...point);
    else context.moveTo(...point);
  }
  context.stroke();
}

function paintCrosses(context: CanvasRenderingContext2D, points: readonly Point[], filter: number): void {
  context.strokeStyle = theme().foreground;
  context.lineWidth = 1;
  const arm = Math.min(2.5, ((points[1]?.x ?? 0) - (points[0]?.x ?? 0)) / 2.4);
  context.beginPath();
  for (const { x, record } of points) {
    if (record?.mask[filter] !== 0) continue;
    const [left, right, top, bottom] = [x - arm, x + arm, height - 8, height - 3];
    context.moveTo(left, top);
    context.lineTo(right, bottom);
    context.moveTo(right, top);
    context.lineTo(left, bottom);
  }
  context.stroke();
}

customElements.define('filter-inspector', FilterInspector);
