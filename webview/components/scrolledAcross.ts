import { html, type TemplateResult } from 'lit-html';
import type { Content } from './controls';

/**
 * Something wide, such as a table, that scrolls sideways where it has no room. The sides at which more is hidden are shaded, the
 * first column of a table stays, and the keyboard reaches and scrolls it. `label` names it for screen readers.
 */
export function scrolledAcross(label: string, content: Content): TemplateResult {
  return html`<scrolled-across><div class="across" role="group" aria-label=${label}>${content}</div></scrolled-across>`;
}

/** Sets the classes `more-left` and `more-right`, and `--first-column` to the width of the column that stays. */
class ScrolledAcross extends HTMLElement {
  readonly #sizes = new ResizeObserver(() => {
    this.#look();
  });
  readonly #onScroll = (): void => {
    this.#look();
  };

  connectedCallback(): void {
    const box = this.firstElementChild;
    if (!box) return;
    box.addEventListener('scroll', this.#onScroll, { passive: true });
    for (const sized of [box, ...box.children]) this.#sizes.observe(sized);
  }

  disconnectedCallback(): void {
    this.#sizes.disconnect();
    this.firstElementChild?.removeEventListener('scroll', this.#onScroll);
  }

  #look(): void {
    const box = this.firstElementChild;
    if (!box) return;
    // Widths and positions are rounded differently.
    const hidden = box.scrollWidth - box.clientWidth;
    const isWide = hidden > 1;
    this.classList.toggle('more-left', isWide && box.scrollLeft > 1);
    this.classList.toggle('more-right', isWide && box.scrollLeft < hidden - 1);
    if (isWide) box.setAttribute('tabindex', '0');
    else box.removeAttribute('tabindex');
    const first = box.querySelector('[role="columnheader"], [role="rowheader"]');
    this.style.setProperty('--first-column', `${first?.getBoundingClientRect().width ?? 0}px`);
  }
}
customElements.define('scrolled-across', ScrolledAcross);
