/** Something whose speed is measured in the same run as that of others. */
export interface Subject {
  readonly name: string;
  /** Whether it is the bare training step. */
  readonly isStep?: true;
  /** Gets ready and warm; what it takes is not measured. */
  prepare(): Promise<void>;
  /** Works for about so many seconds and gives its rate. */
  imagesPerSecond(seconds: number): Promise<number>;
  dispose(): Promise<void>;
}

/** Repeats an action for at least `seconds` and at least twice; gives images a second by the median duration. */
export async function medianRate(seconds: number, images: number, action: () => Promise<void>): Promise<number> {
  const durations: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (durations.length < 2 || performance.now() < end) {
    const begin = performance.now();
    await action();
    durations.push((performance.now() - begin) / 1000);
  }
  return images / median(durations);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
