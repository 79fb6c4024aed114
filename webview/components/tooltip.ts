/**
 * One tooltip for the page. Anything with a `data-tip` shows that text while the pointer is over it or it has the focus;
 * canvases call `showTip` for the thing under the pointer.
 */
export interface TipAnchor {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

let tip: HTMLElement | null = null;
const margin = 6;

export function installTooltip(): void {
  tip = document.createElement('div');
  tip.id = 'tooltip';
  tip.setAttribute('role', 'tooltip');
  tip.hidden = true;
  // Beside the body, whose content the view renders.
  document.documentElement.append(tip);
  for (const event of ['pointerover', 'focusin'] as const)
    document.addEventListener(event, ({ target }) => {
      const owner = target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null;
      if (owner?.dataset.tip) showTip(owner.dataset.tip, owner.getBoundingClientRect());
    });
  for (const event of ['pointerout', 'focusout'] as const)
    document.addEventListener(event, ({ target }) => {
      if (target instanceof Element && target.closest('[data-tip]')) hideTip();
    });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hideTip();
  });
  document.addEventListener('scroll', hideTip, { capture: true, passive: true });
}

/** Lines of the text are separated by line breaks; the first is emphasised. */
export function showTip(text: string, anchor: TipAnchor): void {
  if (!tip) return;
  const [first = '', ...rest] = text.split('\n');
  const head = document.createElement('strong');
  head.textContent = first;
  tip.replaceChildren(rest.length > 0 ? head : first, ...rest.map(line));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const above = anchor.bottom + margin + height > window.innerHeight;
  const left = Math.max(margin, Math.min(anchor.left, window.innerWidth - width - margin));
  const top = above ? Math.max(margin, anchor.top - height - margin) : anchor.bottom + margin;
  tip.style.left = `${left}px`;
  tip.style.top = `${top}px`;
}

export function hideTip(): void {
  if (tip) tip.hidden = true;
}

function line(text: string): HTMLElement {
  const element = document.createElement('div');
  element.textContent = text;
  return element;
}
