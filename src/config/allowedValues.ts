import type { SchemaNode } from './settings';

/**
 * What a setting may be, to follow "it must be": `"l1" or "l2"`, `a number of at least 0 and below 1`, `true or false`.
 * Where `value` is a number already, and may be one, only its bounds are told.
 */
export function allowedValues(node: SchemaNode, value?: unknown): string {
  if (node.anyOf) return either(node.anyOf.map((option) => allowedValues(option)));
  if (node.enum) return either(node.enum.map((option) => JSON.stringify(option)));
  if (typeof node.patternErrorMessage === 'string') return node.patternErrorMessage;
  if (node.type === 'number' && typeof value === 'number' && Number.isFinite(value)) return bounds(node);
  return `${either([node.type ?? 'null'].flat().map((type) => kinds[type]))}${inFront(bounds(node))}`;
}

const kinds = {
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text in double quotes',
  array: 'a list',
  object: 'an object in braces',
  null: 'null',
} as const;

/** `at least 0 and below 1`; nothing where there are none. */
function bounds(node: SchemaNode): string {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, minItems, maxItems, maxLength, maxProperties } = node;
  return [
    minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
    minItems !== undefined && `at least ${minItems} value`,
    maxItems !== undefined && `at most ${maxItems} values`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    maxProperties !== undefined && `at most ${maxProperties} entries`,
  ]
    .filter((bound) => bound !== false)
    .join(' and ');
}

/** "a number above 0", but "a number of at least 0". */
function inFront(limits: string): string {
  if (limits === '') return '';
  return limits.startsWith('at') ? ` of ${limits}` : ` ${limits}`;
}

/** `a, b or c`. */
export function either(options: readonly string[]): string {
  return options.length === 1 ? options.join() : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
}
