import type { LayerRecord } from '../../src/runs/model/format';
import { largest, layerRecord, momentOf, shareOf } from '../components/filterLife';
import { rampStep } from '../components/filterPainter';
import { describeFilter } from '../components/layerTable';
import type { ShownRun } from '../components/shownRuns';
import { onThemeChange, theme, type Theme } from '../components/theme';
import { hideTip, showTip } from '../components/tooltip';
import { observeWidth, unobserveWidth } from '../components/widths';

export interface RasterContent {
  readonly run: ShownRun;
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
  /** Rows. */
  #filters = 0;
  #width = 0;
  #active: { filter: number; at: number } | null = null;
  #forgetTheme: () => void = () => undefined;

  set content(content: RasterContent) {
    this.#content = content;
    this.#active = null;
    this.#filters = this.#countFilters();
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

  #countFilters(): number {
    for (const pruning of this.#prunings) {
      const record = layerRecord(pruning, this.#layer);
      if (record) return record.mask.length;
    }
    // Without a record nothing is painted, and a damaged event may claim any number.
    return Math.min(
      filtersAtMost,
      this.#prunings[0]?.event.layers.find(({ name }) => name === this.#layer)?.filters ?? 0,
    );
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
    const painter = new ColumnPainter(context, filters, this.#rowHeight * scale, this.#rowHeight >= 5 ? scale : 0);
    // Of more prunings than pixels each column shows the newest of its own.
    let right = this.#canvas.width;
    for (let index = this.#prunings.length - 1; index >= 0 && right > 0; index--) {
      const left = this.#edge(index, scale);
      if (left >= right) continue;
      const record = layerRecord(this.#prunings[index], this.#layer);
      if (record) painter.paint(record, left, right);
      right = left;
    }
    painter.show();
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

/** A layer as wide as this has more rows than a canvas can be high. */
const filtersAtMost = 2 ** 13;

/** Paints columns of cells pixel by pixel: as shapes of a canvas a long run's would take seconds. */
class ColumnPainter {
  readonly #picture: ImageData;
  readonly #pixels: Uint32Array;
  readonly #ramp: Uint32Array;
  readonly #hatch: Uint32Array;
  readonly #colours = theme();

  /** Heights in pixels of the canvas; `gap` is left free below each cell. */
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly filters: number,
    private readonly rowHeight: number,
    private readonly gap: number,
  ) {
    const { width, height } = context.canvas;
    this.#picture = context.createImageData(width, height);
    this.#pixels = new Uint32Array(this.#picture.data.buffer);
    this.#ramp = pixelsOf(this.#colours.ramp.length, 1, (pen) => {
      for (const [index, colour] of this.#colours.ramp.entries()) {
        pen.fillStyle = colour;
        pen.fillRect(index, 0, 1, 1);
      }
    });
    this.#hatch = pixelsOf(hatchSide, hatchSide, (pen) => {
      paintHatch(pen, this.#colours);
    });
  }

  /** The filters of a record from one pixel to before another. */
  paint({ scores, mask }: LayerRecord, left: number, right: number): void {
    const most = largest(scores);
    for (let filter = 0; filter < this.filters; filter++) {
      const top = Math.round(filter * this.rowHeight);
      const bottom = Math.round((filter + 1) * this.rowHeight - this.gap);
      const isKept = mask[filter] === 1;
      const colour = this.#ramp[rampStep(shareOf(scores[filter] ?? 0, most), this.#colours)]!;
      for (let y = top; y < bottom; y++) {
        const row = y * this.#picture.width;
        if (isKept) this.#pixels.fill(colour, row + left, row + right);
        else this.#fillHatched(row, y, left, right);
      }
    }
  }

  show(): void {
    this.context.putImageData(this.#picture, 0, 0);
  }

  /** Diagonal lines that run on from cell to cell, so that they can be told even in cells a pixel wide. */
  #fillHatched(row: number, y: number, left: number, right: number): void {
    const line = (y % hatchSide) * hatchSide;
    for (let x = left; x < right; x++) this.#pixels[row + x] = this.#hatch[line + (x % hatchSide)]!;
  }
}

const hatchSide = 5;

function paintHatch(pen: OffscreenCanvasRenderingContext2D, { muted, background }: Theme): void {
  pen.fillStyle = background;
  pen.fillRect(0, 0, hatchSide, hatchSide);
  pen.strokeStyle = muted;
  pen.globalAlpha = 0.55;
  pen.beginPath();
  for (const offset of [-hatchSide, 0, hatchSide]) {
    pen.moveTo(offset, hatchSide);
    pen.lineTo(offset + hatchSide, 0);
  }
  pen.stroke();
}

/** What a drawing comes to, a number a pixel, as image data has it. */
function pixelsOf(width: number, height: number, draw: (pen: OffscreenCanvasRenderingContext2D) => void): Uint32Array {
  const pen = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  draw(pen);
  return new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
}

customElements.define('mask-raster', MaskRaster);
