/** What is done when a page has not said `ready` in time. */
export type Remedy = 'load again' | 'make anew' | 'give up';

interface Try {
  /** How long the page may take, in milliseconds. */
  readonly within: number;
  readonly remedy: Remedy;
}

/**
 * In a browser all webviews of a window share one service worker, and each that is made puts its own in the place of the one
 * before. A page needs no file of it (`pageDocument.ts`), but its webview waits for the answer whether the worker is there: one
 * that loses it waits for ever, and shows nothing until there is another webview, which then disturbs its neighbours. What is
 * lost otherwise, loading the page again brings. So both are tried in turn. Tries grow longer, because the machine may only be
 * slow.
 */
const tries: readonly Try[] = [
  { within: 3000, remedy: 'load again' },
  { within: 4000, remedy: 'make anew' },
  { within: 4000, remedy: 'load again' },
  { within: 8000, remedy: 'make anew' },
  { within: 8000, remedy: 'load again' },
  { within: 16_000, remedy: 'give up' },
];

export const triesAtMost = tries.length;

/** A try that was in vain. */
export interface Late {
  /** Counted from 1. */
  readonly number: number;
  /** Milliseconds it was waited for. */
  readonly within: number;
  readonly remedy: Remedy;
}

/** Waits for a page to say `ready`, as long as it is visible: a hidden page is not loaded. */
export class LoadWatch {
  #timer: NodeJS.Timeout | undefined;
  /** Counts the documents that the webview was given, so that a late word of an earlier one is not taken for the newest's. */
  #load = 0;
  #try: number;
  #isVisible = true;
  #isReady = false;

  /** `triesBefore` were made in other webviews. */
  constructor(
    private readonly onLate: (late: Late) => void,
    triesBefore = 0,
  ) {
    this.#try = triesBefore;
  }

  /** The number of the try that goes on, counted from 1; 0 while the page is hidden. */
  get tryNumber(): number {
    return this.#try;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** The webview is given a document now; returns the number that the document has to say with `ready`. */
  begin(): number {
    this.#load += 1;
    this.#isReady = false;
    this.#try += 1;
    if (this.#isVisible) this.#wait();
    return this.#load;
  }

  /** Returns whether it is the newest document that is ready. */
  ready(load: number): boolean {
    if (load !== this.#load) return false;
    clearTimeout(this.#timer);
    this.#try = 1;
    this.#isReady = true;
    return true;
  }

  /** To be told whether the page is visible, as often as one likes; VS Code loads its document anew when it appears. */
  visibilityChanged(isVisible: boolean): void {
    // Told twice, it must neither use up a try nor prolong one.
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    clearTimeout(this.#timer);
    this.#isReady = false;
    this.#try = isVisible ? 1 : 0;
    if (isVisible) this.#wait();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const { within, remedy } = tries[Math.min(this.#try, tries.length) - 1]!;
    this.#timer = setTimeout(() => {
      this.onLate({ number: this.#try, within, remedy });
    }, within);
  }
}
