import { lastPart } from './lastPart';
import type { Config } from './schema';

type Source = Pick<Config['data'], 'dataset' | 'arrays' | 'folder'>;

/** Whether a config brings its own images along. */
export function hasOwnImages({ arrays, folder }: Pick<Source, 'arrays' | 'folder'>): boolean {
  return arrays !== null || folder !== null;
}

/** What a config's images are called in a word: a known data set, or the last part of the path to your own. */
export function dataName({ dataset, arrays, folder }: Source): string {
  const path = arrays ?? folder;
  return path === null ? dataset : lastPart(path);
}
