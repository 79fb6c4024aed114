import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseJson } from '../base/parseJson';

/** Tells of each line of a stream the value that it is as JSON, or undefined where it is none, as a note of a library. */
export function tellJsonLines(input: Readable, onLine: (value: unknown) => void): void {
  createInterface({ input }).on('line', (text) => {
    onLine(parseJson(text));
  });
}
