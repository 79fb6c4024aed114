/** What a path is called in a word: its last part, also of a path that another system has written. */
export function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '' && part !== '.') ?? path;
}
