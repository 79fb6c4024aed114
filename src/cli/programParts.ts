import { InvalidArgumentError, Option } from 'commander';
import { colours } from './terminal';

/** What the descriptions of several commands have in common. */

export const runArgument = 'id, unique beginning of an id, name, or folder of a run';

export const runsOrExperimentsArgument = `${runArgument}, or the name of an experiment, which stands for all of its runs`;

export function runsOption(description = 'the folder of runs (default: the nearest .sfp/runs here or above)'): Option {
  return new Option('--runs <dir>', description);
}

export function jsonOption(description = 'print JSON, for scripts'): Option {
  return new Option('--json', description);
}

export function examples(lines: readonly (readonly [command: string, what: string])[]): string {
  const { bold, dim } = colours();
  const width = Math.max(...lines.map(([command]) => command.length));
  const shown = lines.map(([command, what]) => `  ${command.padEnd(width)}  ${dim(what)}`.trimEnd());
  return `${bold('Examples:')}\n${shown.join('\n')}`;
}

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= 0xffffffff) return value;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  };
}
