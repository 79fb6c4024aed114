// @ts-check
/** How the set-up scripts talk: one line a step, colours only on a terminal. */
import process from 'node:process';

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;

/** @param {number} code @param {string} text */
const paint = (code, text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);

/** @param {string} text */
export const bold = (text) => paint(1, text);
/** @param {string} text */
export const dim = (text) => paint(2, text);
/** @param {string} text */
export const red = (text) => paint(31, text);
/** @param {string} text */
export const green = (text) => paint(32, text);
/** @param {string} text */
export const yellow = (text) => paint(33, text);

/** @param {string} text */
export function heading(text) {
  console.log(`\n${bold(text)}`);
}

/** @param {string} text */
export function step(text) {
  console.log(`  ${text}`);
}

/**
 * Says in one sentence why the script cannot go on, with what a command wrote when there is such a thing, and sets the exit code.
 * @param {unknown} error
 */
export function sayWhyItFailed(error) {
  const output = error instanceof Error && 'output' in error ? String(error.output) : '';
  if (output.trim()) console.error(dim(output.trim().split('\n').slice(-40).join('\n')));
  console.error(red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}
