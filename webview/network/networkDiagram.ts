import { html, nothing, render, svg, type TemplateResult } from 'lit-html';
import { classMap } from 'lit-html/directives/class-map.js';
import { guard } from 'lit-html/directives/guard.js';
import type { LayerCouplings } from '../../src/pruning/layerCouplings';
import { percent } from '../components/numbers';
import { observeWidth, unobserveWidth } from '../components/widths';
import type { Drawing, DrawnNode } from './drawing';
import { shapeOf, tipOf, togetherTip, wordsOf, type Told } from './nodeText';
import { savedOf, type Counts } from './saving';
import { fittingZoom, usualZoom, withinBounds, zoomStep } from './zoom';

export interface DiagramContent {
  readonly drawing: Drawing;
  readonly counts: Counts;
  /** Whether the counts are those of a pruning. */
  readonly isPruned: boolean;
  /** Names of the layers that can be gone to. */
  readonly listed: ReadonlySet<string>;
  /** Null where the network is too large to tell. */
  readonly couplings: LayerCouplings | null;
  /** Whether layers that are joined are pruned together. */
  readonly isCoupled: boolean;
  /** How large it is drawn, as a factor; 0 as is usual for its width. */
  readonly zoom: number;
  /** Name of the layer that is selected at first; empty for none. */
  readonly selected: string;
}

/** The user wants to go to a layer, which it names. */
export type LayerChosenEvent = CustomEvent<string>;
/** The user has come to a layer, which it names. */
export type LayerSelectedEvent = CustomEvent<string>;
/** The user wants another zoom, a factor; 0 for the usual one. */
export type ZoomChosenEvent = CustomEvent<number>;

/** What stays where it is while the zoom changes: a point of the drawing, in its own pixels, and where it is in the window. */
interface Anchor {
  readonly drawn: { readonly x: number; readonly y: number };
  readonly seen: { readonly x: number; readonly y: number };
}

/**
 * `<network-diagram .content=…>`: a network from its images down to its logits. It is one stop of the Tab key; arrow keys step
 * through the nodes in the order of the network. The wheel zooms while Ctrl is held down, `+`, `-`, `0` and `f` anywhere in the page.
 */
export class NetworkDiagram extends HTMLElement {
  #content: DiagramContent | null = null;
  /** The node that has the focus, or gets it next. */
  #active = 0;
  /** The node that the user has come to last, if it has come to one. */
  #selected: number | null = null;
  #pointed: number | null = null;
  #nodesOf: ReadonlyMap<string, number> = new Map();
  /** Of the place that the drawing has. */
  #width = 0;
  #anchor: Anchor | null = null;
  /** Whether the user has not seen this drawing yet. */
  #isNew = true;

  set content(content: DiagramContent) {
    if (content.drawing !== this.#content?.drawing) this.#begin(content);
    this.#content = content;
    this.#draw();
  }

  connectedCallback(): void {
    this.addEventListener('click', this.#onClick);
    this.addEventListener('focusin', this.#onFocus);
    this.addEventListener('pointerover', this.#onPointer);
    this.addEventListener('pointerleave', this.#onPointer);
    this.addEventListener('wheel', this.#onWheel, { passive: false });
    document.addEventListener('keydown', this.#onKey);
    observeWidth(this);
  }

  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.#onKey);
    unobserveWidth(this);
  }

  /** Called when the place it has changes. */
  fit(width: number): void {
    this.#width = width;
    this.#draw();
    if (this.#isNew && width > 0) this.#showFirst();
  }

  /** Larger by a step, or smaller by one if `steps` is -1; what is selected, or else the middle, stays where it is. */
  zoomBy(steps: number): void {
    this.#zoomTo(this.#zoom * zoomStep ** steps, this.#middle());
  }

  fitWidth(): void {
    const { drawing } = this.#content ?? {};
    if (drawing) this.#zoomTo(fittingZoom(drawing.width, this.#width), this.#middle());
  }

  #begin({ drawing, selected }: DiagramContent): void {
    const places = drawing.nodes.flatMap(({ node }, index) => node.layers.map(({ name }) => [name, index] as const));
    this.#nodesOf = new Map(places);
    this.#selected = this.#nodesOf.get(selected) ?? null;
    this.#active = this.#selected ?? 0;
    this.#pointed = null;
    this.#isNew = true;
  }

  get #zoom(): number {
    const { zoom = 0, drawing } = this.#content ?? {};
    return zoom > 0 ? withinBounds(zoom) : usualZoom(drawing?.width ?? 0, this.#width);
  }

  #draw(): void {
    if (!this.#content) return;
    render(this.#template(this.#content), this);
    this.#highlight();
    this.#keepAnchor();
  }

  /** What is selected is in the middle of the window; else the drawing begins at its top, its first node in the middle. */
  #showFirst(): void {
    this.#isNew = false;
    const block = this.#selected === null ? 'nearest' : 'center';
    this.#elementOf(this.#active)?.scrollIntoView({ block, inline: 'center' });
  }

  #zoomTo(zoom: number, anchor: Anchor | null): void {
    this.#anchor = anchor;
    const detail = zoom > 0 ? withinBounds(zoom) : 0;
    this.dispatchEvent(new CustomEvent('zoom-chosen', { bubbles: true, detail }) satisfies ZoomChosenEvent);
  }

  #anchorAt(x: number, y: number): Anchor | null {
    const box = this.querySelector('.drawing')?.getBoundingClientRect();
    return box ? { drawn: { x: (x - box.left) / this.#zoom, y: (y - box.top) / this.#zoom }, seen: { x, y } } : null;
  }

  /** The selected node, if it can be seen, else the middle of the window. */
  #middle(): Anchor | null {
    const box = this.#selected === null ? undefined : this.#elementOf(this.#selected)?.getBoundingClientRect();
    const isSeen = box && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return isSeen
      ? this.#anchorAt((box.left + box.right) / 2, (box.top + box.bottom) / 2)
      : this.#anchorAt(innerWidth / 2, innerHeight / 2);
  }

  #keepAnchor(): void {
    const box = this.#anchor && this.querySelector('.drawing')?.getBoundingClientRect();
    if (!this.#anchor || !box) return;
    const { drawn, seen } = this.#anchor;
    this.#anchor = null;
    this.parentElement?.scrollBy({ left: box.left + drawn.x * this.#zoom - seen.x });
    window.scrollBy({ top: box.top + drawn.y * this.#zoom - seen.y });
  }

  #template({ drawing, counts, isPruned, listed }: DiagramContent): TemplateResult {
    const { width, height, nodes, links } = drawing;
    const zoom = this.#zoom;
    const place = `width: ${Math.ceil(width * zoom)}px; height: ${Math.ceil(height * zoom)}px`;
    const size = `width: ${width}px; height: ${height}px; transform: scale(${zoom})`;
    return html`<div class="place" .style=${place}>
      <div class="drawing" .style=${size}>
        <svg width=${width} height=${height} aria-hidden="true">
          ${guard([links], () => links.map((path) => svg`<path d=${path}></path>`))}
        </svg>
        ${nodes.map((drawn, index) => {
          const { main } = drawn.node;
          const told = { node: drawn.node, count: counts.get(main.name), isPruned, isListed: listed.has(main.name) };
          return nodeOf(drawn, told, index, index === this.#active);
        })}
      </div>
    </div>`;
  }

  readonly #onClick = ({ target }: Event): void => {
    const node = this.#nodeAt(this.#indexOf(target));
    if (!node || !this.#content?.listed.has(node.main.name)) return;
    const detail = node.main.name;
    this.dispatchEvent(new CustomEvent('layer-chosen', { bubbles: true, detail }) satisfies LayerChosenEvent);
  };

  readonly #onFocus = ({ target }: Event): void => {
    const index = this.#indexOf(target);
    const node = this.#nodeAt(index);
    if (!node) return;
    this.#selected = index;
    this.#active = index;
    this.#pointed = null;
    this.#draw();
    const detail = node.main.name;
    this.dispatchEvent(new CustomEvent('layer-selected', { bubbles: true, detail }) satisfies LayerSelectedEvent);
  };

  readonly #onPointer = ({ type, target }: Event): void => {
    const index = type === 'pointerover' ? this.#indexOf(target) : -1;
    const pointed = index < 0 ? null : index;
    if (pointed === this.#pointed) return;
    this.#pointed = pointed;
    this.#highlight();
  };

  readonly #onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    // A notch of a wheel is 100 pixels; a touchpad gives many small ones.
    const steps = Math.max(-1, Math.min(1, -event.deltaY / 100));
    this.#zoomTo(this.#zoom * zoomStep ** steps, this.#anchorAt(event.clientX, event.clientY));
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // With these VS Code zooms its window.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.#keys[event.key] ?? this.#moveBy(event);
    if (!act) return;
    event.preventDefault();
    act();
  };

  readonly #keys: Readonly<Record<string, () => void>> = {
    '+': () => {
      this.zoomBy(1);
    },
    '=': () => {
      this.zoomBy(1);
    },
    '-': () => {
      this.zoomBy(-1);
    },
    '0': () => {
      this.#zoomTo(0, this.#middle());
    },
    f: () => {
      this.fitWidth();
    },
  };

  /** Goes to another node with the keyboard, if the focus is in the diagram. */
  #moveBy({ key, target }: KeyboardEvent): (() => void) | null {
    if (!(target instanceof Node) || !this.contains(target)) return null;
    const last = (this.#content?.drawing.nodes.length ?? 0) - 1;
    const moved = moves[key]?.(this.#active, last);
    if (moved === undefined) return null;
    return () => {
      this.#elementOf(Math.max(0, Math.min(last, moved)))?.focus();
    };
  }

  /** Shows with which nodes the one under the pointer moves together, or the selected one. */
  #highlight(): void {
    const shown = this.#pointed ?? this.#selected;
    const node = shown === null ? undefined : this.#nodeAt(shown);
    const companions = node ? (this.#content?.couplings?.of(node.main.name).companions ?? []) : [];
    const together = new Set(companions.map(({ layer }) => this.#nodesOf.get(layer)));
    for (const element of this.querySelectorAll<HTMLElement>('[data-node]')) {
      const index = this.#indexOf(element);
      element.classList.toggle('selected', index === this.#selected);
      element.classList.toggle('together', together.has(index) && index !== shown);
      // Of thousands of nodes only that one says so, as it takes a time to find out.
      if (index === shown && node)
        this.#tellGroup(element, togetherTip(node.main, companions, this.#content!.isCoupled));
    }
  }

  #tellGroup(element: HTMLElement, sentence: string): void {
    const tip = element.dataset.tip ?? '';
    if (sentence === '' || tip.split('\n').includes(sentence)) return;
    element.dataset.tip = `${tip}\n${sentence}`;
    element.ariaDescription = sentence;
  }

  #elementOf(index: number): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-node="${index}"]`);
  }

  #indexOf(target: EventTarget | null): number {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-node]') : null;
    return Number(element?.dataset.node ?? -1);
  }

  #nodeAt(index: number) {
    return this.#content?.drawing.nodes[index]?.node;
  }
}

const moves: Readonly<Record<string, (active: number, last: number) => number>> = {
  ArrowUp: (active) => active - 1,
  ArrowLeft: (active) => active - 1,
  ArrowDown: (active) => active + 1,
  ArrowRight: (active) => active + 1,
  Home: () => 0,
  End: (_, last) => last,
};

function nodeOf(drawn: DrawnNode, told: Told, index: number, isActive: boolean): TemplateResult {
  const { left, top, width, height, node } = drawn;
  const saved = told.count && told.isPruned ? savedOf([told.count]) : null;
  const place = `left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px; --saved: ${saved ?? 0}`;
  const tip = tipOf(told);
  return html`<button
    class=${classMap({ node: true, conv: node.main.kind === 'conv', saving: saved !== null })}
    data-node=${index}
    tabindex=${isActive ? 0 : -1}
    aria-disabled=${told.isListed ? nothing : 'true'}
    aria-label=${tip.replaceAll('\n', ', ')}
    data-tip=${tip}
    .style=${place}
  >
    ${node.main.kind === 'conv' && told.count ? convText(node.main, told.count, saved) : wordsOf(node.main)}
  </button>`;
}

function convText(
  conv: Parameters<typeof shapeOf>[0],
  count: Parameters<typeof shapeOf>[1],
  saved: number | null,
): TemplateResult {
  return html`<span class="name"><bdi dir="ltr">${conv.name}</bdi></span>
    <span class="shape">${shapeOf(conv, count)}</span>
    ${saved === null ? nothing : html`<span class="saved">${percent(saved, 0)}</span>`}`;
}

customElements.define('network-diagram', NetworkDiagram);
