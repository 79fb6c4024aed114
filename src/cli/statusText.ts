import type { ShownStatus } from '../runs/history';
import { colours } from './terminal';

/** A status in its colour, where colours are shown. */
export function statusText(status: ShownStatus): string {
  const { green, red, yellow, cyan } = colours();
  const paint = { created: cyan, running: cyan, finished: green, stopped: yellow, failed: red, lost: red }[status];
  return paint(status === 'created' ? 'waiting' : status);
}
