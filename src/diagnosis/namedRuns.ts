/** At most so many ids of runs, and how many more there are. */
export function namedRuns(ids: readonly string[], most: number): string {
  const more = ids.length - most;
  return more > 0 ? `${ids.slice(0, most).join(', ')} and ${more} more` : ids.join(', ');
}
