/** Something that is painted on a sheet. */
export interface Painted {
  /** The box that it is painted over. */
  readonly place: Element;
  /** Paints in CSS pixels, from the top left corner of its place. */
  paint(context: CanvasRenderingContext2D): void;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is painted may stand out of its place by so many pixels: the frame of a filter does. */
const overhang = 2;

/**
 * `<filter-sheet>`: rows of a table, and one canvas over them that all of their strips are painted on. The browser puts every canvas
 * of a window together in every frame, and a canvas a strip would be a hundred. Where no strip is in sight, it has no memory.
 */
export class FilterSheet extends HTMLElement {
  readonly #canvas = document.createElement('canvas');
  /** What is in sight, with its place on the canvas when that is known. */
  readonly #shown = new Map<Painted, Place | null>();
  readonly #stale = new Set<Painted>();
  #isAsked = false;
  /** Whether places may have changed. */
  #isMoved = true;
  readonly #sizes = new ResizeObserver(() => {
    this.#isMoved = true;
    this.#paint();
  });

  constructor() {
    super();
    this.#canvas.width = 0;
    this.#canvas.height = 0;
  }

  connectedCallback(): void {
    this.append(this.#canvas);
    this.#sizes.observe(this);
  }

  disconnectedCallback(): void {
    this.#sizes.disconnect();
  }

  /** It has come into sight. */
  show(painted: Painted): void {
    this.#shown.set(painted, null);
    this.moved();
  }

  /** It has left the sight. What is painted of it stays until something moves. */
  hide(painted: Painted): void {
    if (this.#shown.delete(painted) && this.#shown.size === 0) this.moved();
  }

  /** It has left the page. */
  forget(painted: Painted): void {
    if (this.#shown.delete(painted)) this.moved();
  }

  /** It looks different; it is painted before the next frame if it is in sight. */
  changed(painted: Painted): void {
    if (!this.#shown.has(painted)) return;
    this.#stale.add(painted);
    this.#paintSoon();
  }

  /** Something may have another place or size. */
  moved(): void {
    this.#isMoved = true;
    this.#paintSoon();
  }

  #paintSoon(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    queueMicrotask(() => {
      this.#isAsked = false;
      this.#paint();
    });
  }

  #paint(): void {
    const context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
    const scale = window.devicePixelRatio;
    if (this.#isMoved) this.#measure(context, scale);
    for (const painted of this.#stale) {
      const place = this.#shown.get(painted);
      if (!place) continue;
      context.setTransform(scale, 0, 0, scale, place.x * scale, place.y * scale);
      context.clearRect(-overhang, -overhang, place.width + 2 * overhang, place.height + 2 * overhang);
      painted.paint(context);
    }
    this.#stale.clear();
  }

  /** Takes its size and finds all places; everything has to be painted anew then. */
  #measure(context: CanvasRenderingContext2D, scale: number): void {
    this.#isMoved = false;
    const own = this.getBoundingClientRect();
    const isEmpty = this.#shown.size === 0;
    this.#resize(isEmpty ? 0 : Math.floor(own.width * scale), isEmpty ? 0 : Math.floor(own.height * scale), scale);
    context.resetTransform();
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const whole = (pixels: number): number => Math.round(pixels * scale) / scale;
    for (const painted of this.#shown.keys()) {
      const { left, top, width, height } = painted.place.getBoundingClientRect();
      this.#shown.set(painted, { x: whole(left - own.left), y: whole(top - own.top), width, height });
      this.#stale.add(painted);
    }
  }

  #resize(across: number, down: number, scale: number): void {
    if (this.#canvas.width === across && this.#canvas.height === down) return;
    this.#canvas.width = across;
    this.#canvas.height = down;
    this.#canvas.style.width = `${across / scale}px`;
    this.#canvas.style.height = `${down / scale}px`;
  }
}

customElements.define('filter-sheet', FilterSheet);
