import type { SchemaNode } from './settings';

/** What a setting may be, to follow "it must be": `l1 or l2`, `a number of at least 0 and below 1`, `true or false`. */
export function allowedValues(node: SchemaNode): string {
  if (node.anyOf) return either(node.anyOf.map((option) => allowedValues(option)));
  if (node.enum) return either(node.enum.map((value) => JSON.stringify(value)));
  switch (node.type) {
    case 'integer':
      return `a whole number${inFront(bounds(node))}`;
    case 'number':
      return typeof value === 'number' ? bounds(node) : `a number${inFront(bounds(node))}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'a text in double quotes';
    case 'array':
      return node.minItems === undefined ? 'a list' : `a list of at least ${node.minItems} value`;
    case 'object':
      return 'an object in braces';
    case 'null':
    case undefined:
    default:
      return 'null';
  }
}

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: SchemaNode): string {
  const limits = [
    minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  ].filter((limit) => limit !== false);
  return limits.join(' and ');
}

/** "a number above 0", but "a number of at least 0". */
function inFront(limits: string): string {
  if (limits === '') return '';
  return limits.startsWith('at') ? ` of ${limits}` : ` ${limits}`;
}

function either(options: readonly string[]): string {
  return options.length === 1 ? String(options[0]) : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`;
}
