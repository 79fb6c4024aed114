import { hasOwnImages } from '../../config/dataName';
import { datasetInfo } from '../../data/sets/datasetInfo';
import type { RunManifest } from './format';

/** As in a config; a damaged or hostile run folder may have longer ones. */
const longestName = 200;

/**
 * Names of the classes that a run's network tells apart, in the order of its outputs, cut to a length that can be shown. Null
 * where a run.json says that the images are the user's own and not what they are.
 */
export function classNamesOf({ config, data }: Pick<RunManifest, 'config' | 'data'>): readonly string[] | null {
  if (!hasOwnImages(config.data)) return datasetInfo(config.data.dataset).classes;
  return data === undefined ? null : data.classes.map((name) => cut(name, longestName));
}

/** The first names, as many as fit into so many characters with commas between them; one at least, cut to that length. */
export function firstNames(names: readonly string[], mostCharacters: number): string[] {
  const first: string[] = [];
  let characters = 0;
  for (const name of names) {
    characters += name.length + ', '.length;
    if (characters > mostCharacters && first.length > 0) break;
    first.push(cut(name, mostCharacters));
  }
  return first;
}

/** A name of at most so many characters, of which none is halved. */
function cut(name: string, most: number): string {
  // A character takes two places at most.
  const characters = Array.from(name.slice(0, 2 * (most + 1)));
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join('')}…`;
}
