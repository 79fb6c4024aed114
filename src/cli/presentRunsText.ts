import { shellWord } from '../runs/model/shellWord';
import type { ListedRun } from '../runs/folder/list';
import type { PresentRuns } from '../runs/folder/presentRuns';
import { statusWord } from './statusText';

const mostNamed = 8;

/** What is told of runs that are there already and are left out, a sentence or two a line. */
export function presentRunsText({ missing, finished, active, halted }: PresentRuns): string[] {
  const all = missing.length + finished.length + active.length + halted.length;
  return [
    ...(finished.length === 0
      ? []
      : [
          `${count(finished, all)} finished already and ${verb(finished)} not trained again: ${named(finished, nameOf)}. --again trains them anyway.`,
        ]),
    ...(active.length === 0
      ? []
      : [
          `${count(active, all)} in training or waiting for it and ${verb(active)} not started twice: ${named(active, nameOf)}.`,
        ]),
    ...(halted.length === 0
      ? []
      : [
          `${count(halted, all)} begun but not finished, and ${verb(halted)} left out: ${named(halted, haltedName)}. \`sfp resume ${named(halted, ({ id }) => shellWord(id), ' ')}\` goes on with them, --again begins anew.`,
        ]),
  ];
}

function count(some: readonly ListedRun[], all: number): string {
  return `${some.length} of ${all} ${all === 1 ? 'run' : 'runs'} ${verb(some)}`;
}

function verb({ length }: readonly ListedRun[]): string {
  return length === 1 ? 'is' : 'are';
}

function named(runs: readonly ListedRun[], as: (run: ListedRun) => string, between = ', '): string {
  const names = runs.slice(0, mostNamed).map(as);
  return [...names, ...(runs.length > mostNamed ? ['…'] : [])].join(between);
}

function nameOf({ name }: ListedRun): string {
  return name;
}

function haltedName({ name, status }: ListedRun): string {
  return `${name} (${statusWord(status)})`;
}
