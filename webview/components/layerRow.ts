import { render, type TemplateResult } from 'lit-html';
import { observeSight, unobserveSight } from './sight';

/** What a row shows, made when it is drawn. */
export type RowContent = () => TemplateResult;

/**
 * `<layer-row .content=…>`: a row of a table of hundreds. Who looks back through the prunings changes all of them in every frame:
 * those in sight are drawn at once, the others when there is time.
 */
export class LayerRow extends HTMLElement {
  #content: RowContent | null = null;
  #isInSight = false;

  set content(content: RowContent) {
    this.#content = content;
    if (this.#isInSight) this.draw();
    else drawSoon(this);
  }

  connectedCallback(): void {
    observeSight(this);
  }

  disconnectedCallback(): void {
    unobserveSight(this);
    waiting.delete(this);
  }

  seen(isInSight: boolean): void {
    this.#isInSight = isInSight;
    if (isInSight && waiting.has(this)) this.draw();
  }

  draw(): void {
    waiting.delete(this);
    if (this.#content) render(this.#content(), this);
  }
}

/** Rows that do not show yet what they should. */
const waiting = new Set<LayerRow>();
let isAsked = false;
/** Somebody may search the page for what is out of sight, so that it must not take for ever, in milliseconds. */
const timeout = 300;

function drawSoon(row: LayerRow): void {
  // Behind those that wait already, also if it is one of them: while one looks back, nothing else is as new.
  waiting.delete(row);
  waiting.add(row);
  if (isAsked) return;
  isAsked = true;
  requestIdleCallback(drawSome, { timeout });
}

function drawSome(deadline: IdleDeadline): void {
  const begin = performance.now();
  // A few milliseconds when there is no idle time at all.
  const hasTime = (): boolean => deadline.timeRemaining() > 3 || performance.now() - begin < 8;
  for (const row of waiting) {
    if (!hasTime()) break;
    row.draw();
  }
  isAsked = waiting.size > 0;
  if (isAsked) requestIdleCallback(drawSome, { timeout });
}

customElements.define('layer-row', LayerRow);
