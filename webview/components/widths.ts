/** Something that draws itself as wide as its place is. */
export interface Fitting extends Element {
  /** Called with the new content width in CSS pixels, only when it has changed. */
  fit(width: number): void;
}

const known = new WeakMap<Fitting, number>();
const changed = new Map<Fitting, number>();

/**
 * Widths are passed on in the next frame: what is drawn changes heights, and a change of size within the observer's
 * callback would make it start over.
 */
const observer = new ResizeObserver((entries) => {
  if (changed.size === 0) requestAnimationFrame(passOn);
  for (const { target, contentRect } of entries) changed.set(target as Fitting, contentRect.width);
});

export function observeWidth(element: Fitting): void {
  observer.observe(element);
}

export function unobserveWidth(element: Fitting): void {
  observer.unobserve(element);
  known.delete(element);
}

function passOn(): void {
  for (const [element, width] of changed) {
    if (known.get(element) === width) continue;
    known.set(element, width);
    element.fit(width);
  }
  changed.clear();
}
