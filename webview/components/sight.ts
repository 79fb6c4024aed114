/** Something that is drawn only where it can be seen: a deep network has hundreds of layers, a window shows a few dozen. */
export interface Sighted extends Element {
  /** Called when it comes into sight, or near it, and when it leaves. */
  seen(isInSight: boolean): void;
}

/** Drawn a little ahead, so that who scrolls finds it there. */
const margin = '150px';

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) (target as Sighted).seen(isIntersecting);
  },
  // The margin holds in a frame of another site, as a webview is one, only around the document itself.
  { root: document, rootMargin: margin },
);

export function observeSight(element: Sighted): void {
  observer.observe(element);
}

export function unobserveSight(element: Sighted): void {
  observer.unobserve(element);
}
