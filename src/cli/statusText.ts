import type { ShownStatus } from '../runs/model/history';
import { colours } from './terminal';

/** A status, coloured on terminals that show colours. */
export function statusText(status: ShownStatus): string {
  return inStatusColour(status, statusWord(status));
}

export function statusWord(status: ShownStatus): string {
  return status === 'created' ? 'waiting' : status;
}

export function inStatusColour(status: ShownStatus, text: string): string {
  const { green, red, yellow, cyan, reset } = colours();
  return { created: cyan, running: reset, finished: green, stopped: yellow, failed: red, lost: red }[status](text);
}
