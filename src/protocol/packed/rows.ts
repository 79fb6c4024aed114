/** Numbers of which one may not be known stand side by side: what is not known is no number (NaN), which no file can hold. */
export function numberOrNone(value: number | null | undefined): number {
  return value ?? NaN;
}

export function knownNumber(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** All rows one after another. */
export function rowsOf<Item>(
  items: readonly Item[],
  width: number,
  rowOf: (item: Item) => readonly number[],
): Float64Array {
  const rows = new Float64Array(items.length * width);
  for (const [index, item] of items.entries()) rows.set(rowOf(item), index * width);
  return rows;
}

/** A time as milliseconds since 1970. */
export function packedTime(time: string): number {
  return Date.parse(time);
}

/** ISO 8601, UTC; empty where it was no time. */
export function unpackedTime(milliseconds: number): string {
  return Number.isNaN(milliseconds) ? '' : new Date(milliseconds).toISOString();
}
