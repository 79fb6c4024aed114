import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { allowedValues, either } from './allowedValues';
import { shortened } from './document';
import { keysAt, pathInWords, schemaAt, type SettingPath } from './settings';

/** That a value is not allowed, and what is. */
export function wrongValue(path: SettingPath, value: unknown, issue: Pick<z.core.$ZodIssue, 'message'>): string {
  const schema = schemaAt(path);
  const allowed = schema ? allowedValues(schema, value) : issue.message;
  const name = path.length === 0 ? 'The config' : pathInWords(path);
  return `${name} is ${value === undefined ? 'missing' : inWords(value)}; it must be ${allowed}.`;
}

export function wrongKey(path: SettingPath): string {
  const key = String(path.at(-1));
  const keys = schemaAt(path.slice(0, -1))?.propertyNames;
  const allowed = typeof keys === 'object' ? allowedValues(keys) : 'another one';
  return `The key "${shortened(key)}" of ${pathInWords(path.slice(0, -1))} must be ${allowed}.`;
}

export function unknownKey(path: SettingPath, key: string): string {
  return `Unknown setting "${pathInWords([...path, shortened(key)])}"; ${suggestion(key, keysAt(path))}`;
}

/** What was meant by a key that is not known, where that can be guessed, or else all that there is. */
export function suggestion(key: string, known: readonly string[]): string {
  const nearest = closest(shortened(key), known);
  // A guess that has little in common with what was written would only confuse.
  return distance(shortened(key), nearest) <= Math.max(2, shortened(key).length / 3)
    ? `did you mean "${nearest}"?`
    : `it can be ${either(known)}.`;
}

/** A value of a config as it is quoted in a sentence. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // 1e999 is one in JSON.
  if (value === Infinity || value === -Infinity) return 'larger than any number';
  return shortened(JSON.stringify(value));
}
