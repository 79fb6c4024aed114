/** What a page tells of itself; times are in milliseconds since 1970, as the host's. */
export interface Probe {
  /** The script of the page began. */
  began: number;
  /** The first message of the host was there. */
  received: number;
  /** The newest message of the host was there. */
  last: number;
  /** The first strip of filters was on the screen. */
  filters: number;
  /** Tasks that blocked the page for more than 50 ms. */
  longTasks: { readonly at: number; readonly ms: number }[];
}

declare global {
  /** In the page. */
  var probe: Probe;
}

/** Stands before the page's own script: what VS Code gives to a webview, and a watch over what happens. */
export const probeScript = `
  const now = () => performance.timeOrigin + performance.now();
  globalThis.probe = { began: now(), received: 0, last: 0, filters: 0, longTasks: [] };
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => parent.postMessage(message, '*'),
    getState: () => undefined,
    setState: () => undefined,
  });
  addEventListener('message', () => { probe.last = now(); probe.received ||= probe.last; });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      probe.longTasks.push({ at: performance.timeOrigin + startTime, ms: duration });
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    const cells = document.querySelector('filter-strip div');
    // Painted in this frame, seen with the next.
    if (cells?.style.width) requestAnimationFrame(() => { probe.filters = now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;
