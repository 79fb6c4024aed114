/** A pattern of layer names, and how many of the names it was made from fit it. */
export interface NamePattern {
  readonly pattern: string;
  readonly layers: number;
}

/**
 * Patterns that choose several of these layer names but not all, by what names have in common up to a dot: `stage3.*`,
 * `features.denseblock1.*`. In the order of the names; of patterns that choose the same layers only the longest is there.
 */
export function namePatterns(names: readonly string[]): NamePattern[] {
  const counts = new Map<string, number>();
  for (const name of names) for (const prefix of prefixes(name)) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  return [...counts]
    .filter(([, layers]) => layers > 1 && layers < names.length)
    .filter(([prefix, layers]) => !isOneWithLonger(prefix, layers, counts))
    .map(([prefix, layers]) => ({ pattern: `${prefix}*`, layers }));
}

/** `a.`, `a.b.` of `a.b.c`. */
function prefixes(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join('.')}.`);
}

function isOneWithLonger(prefix: string, layers: number, counts: ReadonlyMap<string, number>): boolean {
  return [...counts].some(
    ([other, count]) => count === layers && other.length > prefix.length && other.startsWith(prefix),
  );
}
