import { html, nothing, render, svg, type TemplateResult } from 'lit-html';
import { classMap } from 'lit-html/directives/class-map.js';
import { guard } from 'lit-html/directives/guard.js';
import { percent } from '../components/numbers';
import type { Drawing, DrawnNode } from './drawing';
import { shapeOf, tipOf, wordsOf, type Told } from './nodeText';
import { savedOf, type Counts } from './saving';

export interface DiagramContent {
  readonly drawing: Drawing;
  readonly counts: Counts;
  /** Whether the counts are those of a pruning. */
  readonly isPruned: boolean;
  /** Names of the layers that can be gone to. */
  readonly listed: ReadonlySet<string>;
}

/** The user wants to go to a layer, which it names. */
export type LayerChosenEvent = CustomEvent<string>;

/**
 * `<network-diagram .content=…>`: a network from its images down to its logits. It is one stop of the Tab key; arrow keys step
 * through the nodes in the order of the network.
 */
export class NetworkDiagram extends HTMLElement {
  #content: DiagramContent | null = null;
  /** The node that has the focus, or gets it next. */
  #active = 0;

  set content(content: DiagramContent) {
    if (content.drawing !== this.#content?.drawing) this.#active = 0;
    this.#content = content;
    this.#draw();
  }

  connectedCallback(): void {
    this.addEventListener('click', this.#onClick);
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focusin', this.#onFocus);
  }

  #draw(): void {
    if (this.#content) render(this.#template(this.#content), this);
  }

  #template({ drawing, counts, isPruned, listed }: DiagramContent): TemplateResult {
    const { width, height, nodes, links } = drawing;
    return html`<div class="drawing" .style=${`width: ${width}px; height: ${height}px`}>
      <svg width=${width} height=${height} aria-hidden="true">
        ${guard([links], () => links.map((path) => svg`<path d=${path}></path>`))}
      </svg>
      ${nodes.map((drawn, index) => {
        const { main } = drawn.node;
        const told = { node: drawn.node, count: counts.get(main.name), isPruned, isListed: listed.has(main.name) };
        return nodeOf(drawn, told, index, index === this.#active);
      })}
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
    if (index < 0 || index === this.#active) return;
    this.#active = index;
    this.#draw();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const last = (this.#content?.drawing.nodes.length ?? 0) - 1;
    const moved = moves[event.key]?.(this.#active, last);
    if (moved === undefined) return;
    event.preventDefault();
    this.querySelector<HTMLElement>(`[data-node="${Math.max(0, Math.min(last, moved))}"]`)?.focus();
  };

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
