import { keptFilters } from './filterLife';
import { cellOf, filterAt, layOut, type FilterLayout } from './filterLayout';
import { paintFilters, type LayerFilters } from './filterPainter';
import type { FilterSheet, Painted } from './filterSheet';
import './filterSheet';
import { observeSight, unobserveSight } from './sight';
import { onThemeChange, theme } from './theme';
import { hideTip, showTip } from './tooltip';
import { observeWidth, unobserveWidth } from './widths';

export interface StripContent extends LayerFilters {
  readonly layer: string;
  /** Filter count of the widest layer beside which this one is shown. */
  readonly widest: number;
  /** Words for one filter: its first line names it. */
  readonly describe: (filter: number) => string;
}

/**
 * A filter has come under the pointer or the keyboard's focus; null when the pointer has left. Bubbles; preventing its
 * default keeps the tooltip away, where its words are shown elsewhere.
 */
export type FilterPointEvent = CustomEvent<{ readonly layer: string; readonly filter: number | null }>;

/**
 * `<filter-strip .content=…>`: the filters of one layer, painted on the `<filter-sheet>` that it stands in. With the keyboard it is a
 * slider over the filters; up and down at its edge go to the strip above or below in the same `data-strips` group.
 */
export class FilterStrip extends HTMLElement implements Painted {
  /** Has the size of the cells; what is painted is on the sheet. */
  readonly place = document.createElement('div');
  #sheet: FilterSheet | null = null;
  #content: StripContent | null = null;
  #layout: FilterLayout | null = null;
  #active: number | null = null;
  #forgetTheme: () => void = () => undefined;

  set content(content: StripContent) {
    const before = this.#content;
    this.#content = content;
    if (before && isSame(before, content)) return;
    if (this.#active !== null) this.#active = Math.min(this.#active, content.mask.length - 1);
    this.#describe();
    this.#draw();
  }

  connectedCallback(): void {
    this.setAttribute('role', 'slider');
    this.tabIndex = this.#group?.querySelector('filter-strip[tabindex="0"]') ? -1 : 0;
    this.append(this.place);
    this.#sheet = this.closest<FilterSheet>('filter-sheet');
    this.addEventListener('pointermove', this.#onPointerMove);
    this.addEventListener('pointerleave', this.#onPointerLeave);
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focus', this.#onFocus);
    this.addEventListener('blur', this.#onBlur);
    this.#forgetTheme = onThemeChange(() => {
      this.#draw();
    });
    observeWidth(this);
    observeSight(this);
  }

  disconnectedCallback(): void {
    unobserveWidth(this);
    unobserveSight(this);
    this.#forgetTheme();
    this.#sheet?.forget(this);
  }

  /** Called when the place it has changes. */
  fit(width: number): void {
    const hadPlace = this.#layout !== null;
    this.#width = width;
    this.#draw();
    // Somebody may have come here before there was anything to point at.
    if (!hadPlace && this.#active !== null) this.#point(this.#active);
  }
  #width = 0;

  /** Called when it comes into sight, or near it, and when it leaves. */
  seen(isInSight: boolean): void {
    if (isInSight) this.#sheet?.show(this);
    else this.#sheet?.hide(this);
  }

  #describe(): void {
    const content = this.#content!;
    this.#say('aria-label', `${content.layer}: ${keptFilters(content.mask)} of ${content.mask.length} filters kept`);
    this.#say('aria-valuemin', '0');
    this.#say('aria-valuemax', String(content.mask.length - 1));
    this.#say('aria-valuenow', String(this.#active ?? 0));
    // Only who is there is told of a filter: its life is found out by looking through all prunings.
    const words = this.#active === null ? 'Step with the arrow keys' : content.describe(this.#active);
    this.#say('aria-valuetext', words.replaceAll('\n', ', '));
  }

  /** What is the same as before is not set again: a look back changes hundreds of strips in a frame. */
  #say(attribute: string, value: string): void {
    if (this.getAttribute(attribute) !== value) this.setAttribute(attribute, value);
  }

  /** Takes its place, and has its sheet paint it when it can be seen. */
  #draw(): void {
    if (!this.#content || this.#width < 1) return;
    const { mask, widest } = this.#content;
    const layout = layOut(mask.length, widest, this.#width);
    const before = this.#size;
    this.#layout = layout;
    const width = Math.min(layout.columns, mask.length) * layout.cellWidth;
    const height = layout.lines * layout.cellHeight;
    this.#size = { width, height };
    if (before.width !== width) this.place.style.width = `${width}px`;
    if (before.height !== height) this.place.style.height = `${height}px`;
    if (before.width !== width || before.height !== height) this.#sheet?.moved();
    else this.#sheet?.changed(this);
  }
  #size = { width: 0, height: 0 };

  /** Called by its sheet. */
  paint(context: CanvasRenderingContext2D): void {
    if (this.#content && this.#layout) paintFilters(context, this.#content, this.#layout, theme(), this.#active);
  }

  readonly #onPointerMove = (event: PointerEvent): void => {
    if (!this.#layout || !this.#content) return;
    const { left, top } = this.place.getBoundingClientRect();
    const filter = filterAt(this.#layout, this.#content.mask.length, event.clientX - left, event.clientY - top);
    if (filter === null) this.#onPointerLeave();
    else this.#point(filter);
  };

  readonly #onPointerLeave = (): void => {
    hideTip();
    this.#announce(null);
  };

  readonly #onFocus = (): void => {
    for (const other of this.#group?.querySelectorAll<HTMLElement>('filter-strip[tabindex="0"]') ?? [])
      other.tabIndex = -1;
    this.tabIndex = 0;
    this.#activate(this.#active ?? 0);
  };

  readonly #onBlur = (): void => {
    this.#active = null;
    hideTip();
    this.#draw();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const move = this.#moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  readonly #moves: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => {
      this.#step(-1);
    },
    ArrowRight: () => {
      this.#step(1);
    },
    ArrowUp: () => {
      this.#leap(-1);
    },
    ArrowDown: () => {
      this.#leap(1);
    },
    Home: () => {
      this.#activate(0);
    },
    End: () => {
      this.#activate(this.#content!.mask.length - 1);
    },
  };

  #step(by: number): void {
    const next = (this.#active ?? 0) + by;
    if (next >= 0 && next < this.#content!.mask.length) this.#activate(next);
  }

  /** To the line above or below, or to the same column of the next strip. */
  #leap(lines: 1 | -1): void {
    const columns = this.#layout?.columns ?? 1;
    const next = (this.#active ?? 0) + lines * columns;
    if (next >= 0 && next < this.#content!.mask.length) {
      this.#activate(next);
      return;
    }
    const strips = [...(this.#group?.querySelectorAll('filter-strip') ?? [])] as FilterStrip[];
    const neighbour = strips[strips.indexOf(this) + lines];
    if (!neighbour || !neighbour.#content) return;
    const column = (this.#active ?? 0) % columns;
    const count = neighbour.#content.mask.length;
    const lineStart = lines > 0 ? 0 : Math.floor((count - 1) / columns) * columns;
    neighbour.#active = Math.min(lineStart + column, count - 1);
    neighbour.focus();
  }

  #activate(filter: number): void {
    if (!this.#content) return;
    this.#active = filter;
    this.#describe();
    this.#draw();
    this.#point(filter);
  }

  #point(filter: number): void {
    if (!this.#layout) return;
    const { left, top } = this.place.getBoundingClientRect();
    const { x, y, height } = cellOf(this.#layout, filter);
    const anchor = { left: left + x, top: top + y, bottom: top + y + height };
    if (this.#announce(filter)) showTip(this.#content!.describe(filter), anchor);
  }

  #announce(filter: number | null): boolean {
    const detail = { layer: this.#content!.layer, filter };
    const event = new CustomEvent('filter-point', {
      bubbles: true,
      cancelable: true,
      detail,
    }) satisfies FilterPointEvent;
    return this.dispatchEvent(event);
  }

  get #group(): Element | null {
    return this.closest('[data-strips]');
  }
}

function isSame(one: StripContent, other: StripContent): boolean {
  return (
    one.scores === other.scores &&
    one.mask === other.mask &&
    one.widest === other.widest &&
    one.returned.join() === other.returned.join()
  );
}

customElements.define('filter-strip', FilterStrip);
