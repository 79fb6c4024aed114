import { getLocation, parse, type Node } from 'jsonc-parser';
import { mostCharacters, tooDeepAt } from './bounds';

/** A place in a config's text where the name of a layer, or a pattern of names, is written. */
export interface PatternPlace {
  /** What stands there already, its quotes included; of no length where nothing does. */
  readonly offset: number;
  readonly length: number;
  /** Whether a colon follows, and with it the setting for those layers. */
  readonly hasValue: boolean;
  /** Names and patterns that are there besides. */
  readonly others: readonly string[];
  /** The whole config as JSON but without these patterns, however unfinished they are. */
  readonly without: string;
}

/** The key of `pruning.layers` at an offset of a text that may be unfinished; null where there is none. */
export function patternPlace(text: string, offset: number): PatternPlace | null {
  if (text.length > mostCharacters || tooDeepAt(text) !== null) return null;
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  if (!isAtPropertyKey || path.length !== 3 || path[0] !== 'pruning' || path[1] !== 'layers') return null;
  const place = keyRange(text, offset, previousNode);
  const config = objectOf(parse(text));
  const { layers, ...pruning } = objectOf(config.pruning);
  const own = text.slice(place.offset + 1, place.offset + place.length - 1);
  return {
    ...place,
    hasValue: /^\s*:/.test(text.slice(place.offset + place.length)),
    others: Object.keys(objectOf(layers)).filter((key) => key !== own),
    without: JSON.stringify({ ...config, pruning }),
  };
}

/** A string that is not closed ends where the line does; what is typed behind it would be taken for a part of it. */
function keyRange(text: string, offset: number, node: Node | undefined): { offset: number; length: number } {
  if (node?.type !== 'property' || offset > node.offset + node.length) return { offset, length: 0 };
  const isClosed = node.length > 1 && text[node.offset + node.length - 1] === '"';
  return { offset: node.offset, length: isClosed ? node.length : offset - node.offset };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
