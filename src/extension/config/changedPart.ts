/** A replacement in a text: from one offset to another. */
export interface ChangedPart {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The smallest single replacement that makes one text the other, so that cursors and folds elsewhere stay. */
export function changedPart(before: string, after: string): ChangedPart {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let same = 0;
  while (same < most - from && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { from, to: before.length - same, text: after.slice(from, after.length - same) };
}
