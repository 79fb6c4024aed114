import { largest, layerRecord, momentOf } from '../components/filterLife';
import { rampStep } from '../components/filterPainter';
import { describeFilter } from '../components/layerTable';
import { onThemeChange, theme, type Theme } from '../components/theme';
import { hideTip, showTip } from '../components/tooltip';
import type { RunHistory } from '../../src/runs/model/history';
import { observeWidth, unobserveWidth } from '../components/widths';

export interface RasterContent {
  readonly run: RunHistory;
  readonly layer: string;
}

/** A pruning of a filter has come under the pointer or the keyboard's focus; it names the pruning too, by its index. As `FilterPointEvent`. */
export type RasterPointEvent = CustomEvent<{ readonly layer: string; readonly filter: number; readonly at: number }>;

/**
 * `<mask-raster .content=…>`: one layer over time, a row a filter, a column a pruning, shaded by score within each pruning;
 * hatched where pruned, blank where the record can't be read. Arrow keys step through filters and prunings.
 */
export class MaskRaster extends HTMLElement {
  readonly #canvas = document.createElement('canvas');
  #content: RasterContent | null = null;
  #width = 0;
  #active: { filter: number; at: number } | null = null;
  #forgetTheme: () => void = () => undefined;

  set content(content: RasterContent) {
    this.#content = content;
    this.#active = null;
    this.#describe();
    this.#paint();
  }

  connectedCallback(): void {
    this.tabIndex = 0;
    this.setAttribute('role', 'slider');
    this.append(this.#canvas);
    this.addEventListener('pointermove', this.#onPointerMove);
    this.addEventListener('pointerleave', hideTip);
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focus', () => {
      this.#activate(this.#active ?? { filter: 0, at: this.#prunings.length - 1 });
    });
    this.addEventListener('blur', () => {
      this.#active = null;
      hideTip();
      this.#paint();
    });
    this.#forgetTheme = onThemeChange(() => {
      this.#paint();
    });
    observeWidth(this);
  }

  disconnectedCallback(): void {
    unobserveWidth(this);
    this.#forgetTheme();
  }

  fit(width: number): void {
    this.#width = Math.floor(width);
    this.#paint();
  }

  get #prunings() {
    return this.#content?.run.prunings ?? [];
  }

  get #layer(): string {
    return this.#content?.layer ?? '';
  }

  get #filters(): number {
    return this.#prunings[0]?.event.layers.find(({ name }) => name === this.#layer)?.filters ?? 0;
  }

  get #rowHeight(): number {
    return Math.max(4, Math.min(12, Math.floor(320 / Math.max(1, this.#filters))));
  }

  #describe(): void {
    this.ariaLabel = `${this.#layer} over time: ${this.#filters} filters, ${this.#prunings.length} prunings`;
    this.ariaValueText = this.#active ? this.#words(this.#active).replaceAll('\n', ', ') : 'Step with the arrow keys';
    this.ariaValueNow = String(this.#active?.filter ?? 0);
  }

  #words({ filter, at }: { filter: number; at: number }): string {
    const { run } = this.#content!;
    return `${describeFilter(run, at, this.#layer, filter)}\nSeen at the pruning ${momentOf(run.prunings[at]!.event.epoch)}`;
  }

  #paint(): void {
    const filters = this.#filters;
    if (filters === 0 || this.#width < 1) return;
    const scale = window.devicePixelRatio;
    const height = filters * this.#rowHeight;
    this.#canvas.width = Math.floor(this.#width * scale);
    this.#canvas.height = Math.floor(height * scale);
    this.#canvas.style.width = `${this.#width}px`;
    this.#canvas.style.height = `${height}px`;
    const context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
    const colours = theme();
    const hatch = hatching(context, colours);
    for (const [index, pruning] of this.#prunings.entries()) {
      const record = layerRecord(pruning, this.#layer);
      if (record === null) continue;
      const { scores, mask } = record;
      const most = largest(scores) || 1;
      const [left, right] = [this.#edge(index, scale), this.#edge(index + 1, scale)];
      for (const [filter, score] of scores.entries()) {
        const top = filter * this.#rowHeight * scale;
        const gap = this.#rowHeight >= 5 ? scale : 0;
        const cell = [left, top, right - left, this.#rowHeight * scale - gap] as const;
        context.fillStyle = mask[filter] === 1 ? colours.ramp[rampStep(score / most, colours)]! : colours.background;
        context.fillRect(...cell);
        if (mask[filter] === 1) continue;
        context.fillStyle = hatch;
        context.fillRect(...cell);
      }
    }
    if (this.#active) this.#frame(context, scale, colours);
  }

  #edge(index: number, scale: number): number {
    return Math.round((this.#width * scale * index) / this.#prunings.length);
  }

  #frame(context: CanvasRenderingContext2D, scale: number, { foreground }: Theme): void {
    const { filter, at } = this.#active!;
    const [left, right] = [this.#edge(at, scale), this.#edge(at + 1, scale)];
    context.strokeStyle = foreground;
    context.lineWidth = 2 * scale;
    context.strokeRect(left, filter * this.#rowHeight * scale, right - left, this.#rowHeight * scale);
  }

  readonly #onPointerMove = (event: PointerEvent): void => {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const filter = Math.floor((event.clientY - top) / this.#rowHeight);
    const at = Math.floor(((event.clientX - left) / this.#width) * this.#prunings.length);
    if (filter < 0 || filter >= this.#filters || at < 0 || at >= this.#prunings.length) hideTip();
    else this.#point({ filter, at });
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (!step || !this.#active) return;
    event.preventDefault();
    const inside = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
    this.#activate({
      filter: inside(this.#active.filter + step[0], this.#filters),
      at: inside(this.#active.at + step[1], this.#prunings.length),
    });
  };

  #activate(active: { filter: number; at: number }): void {
    if (this.#filters === 0) return;
    this.#active = active;
    this.#describe();
    this.#paint();
    this.#point(active);
  }

  #point(pointed: { filter: number; at: number }): void {
    const detail = { layer: this.#content!.layer, ...pointed };
    const event = new CustomEvent('filter-point', { bubbles: true, cancelable: true, detail });
    if (!this.dispatchEvent(event satisfies RasterPointEvent)) return;
    const { left, top } = this.#canvas.getBoundingClientRect();
    const y = top + pointed.filter * this.#rowHeight;
    showTip(this.#words(pointed), { left: left + this.#edge(pointed.at, 1), top: y, bottom: y + this.#rowHeight });
  }
}

const steps: Readonly<Record<string, readonly [filters: number, prunings: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Diagonal lines that run on from cell to cell, so that they can be told even in cells a pixel wide. */
function hatching(context: CanvasRenderingContext2D, { muted }: Theme): CanvasPattern {
  const side = 5;
  const tile = document.createElement('canvas');
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d')!;
  pen.strokeStyle = muted;
  pen.globalAlpha = 0.55;
  pen.beginPath();
  for (const offset of [-side, 0, side]) {
    pen.moveTo(offset, side);
    pen.lineTo(offset + side, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat')!;
}

customElements.define('mask-raster', MaskRaster);
