/** Lets operations begin only while fewer than so many others are under way; the others wait, the first to come first. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await operation();
    } finally {
      // Who waits longest takes over the place of this one.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** An asynchronous map over many items, of which so many at once are under way; results are in the order of the items. */
export function mapInTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  resultOf: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const turns = new Turns(atOnce);
  return Promise.all(items.map((item) => turns.run(() => resultOf(item))));
}
