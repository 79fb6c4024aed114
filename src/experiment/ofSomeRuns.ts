import type { ConfigDocument, Finding } from '../config/document';
import type { SettingPath } from '../config/settings';

/** What is wrong with one run of an experiment. */
export interface WrongRun {
  /** Its name. */
  readonly run: string;
  readonly place: SettingPath;
  readonly message: string;
}

/**
 * What is wrong with the runs of an experiment (null: nothing), each sentence once at its place. Where not all runs have it, it
 * says which do: a value may be wrong beside some values of the other settings only.
 */
export function ofSomeRuns(document: ConfigDocument, runs: readonly (WrongRun | null)[]): Finding[] {
  const alike = new Map<string, [WrongRun, ...WrongRun[]]>();
  for (const wrong of runs) {
    if (wrong === null) continue;
    const key = JSON.stringify([wrong.place, wrong.message]);
    const others = alike.get(key);
    if (others) others.push(wrong);
    else alike.set(key, [wrong]);
  }
  return [...alike.values()].map(([first, ...more]) => {
    const which = inWords(first.run, more.length + 1, runs.length);
    return document.valueFinding(first.place, `${first.message}${which}`);
  });
}

function inWords(first: string, wrong: number, all: number): string {
  if (wrong === all) return '';
  return wrong === 1 ? ` So it is in the run ${first}.` : ` So it is in ${wrong} of ${all} runs, as in ${first}.`;
}
