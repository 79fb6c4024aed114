import type { Config } from './schema';

/** What a config's images are called in a word: a known data set, or the last part of the path to your own. */
export function dataName({ dataset, arrays }: Pick<Config['data'], 'dataset' | 'arrays'>): string {
  return arrays === null ? dataset : lastPart(arrays);
}

/** Also of a path that another system has written. */
function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '' && part !== '.') ?? path;
}
