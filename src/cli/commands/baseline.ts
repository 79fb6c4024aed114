import { dirname } from 'node:path';
import { baselineTitles, type BaselineKind } from '../../config/baselines';
import { createBaselines, planBaselines, type BaselinePlan } from '../../runs/folder/baselines';
import { hasCompactNetwork } from '../../runs/folder/compactNetwork';
import { gitState } from '../../runs/folder/git';
import { compactUntilStopped } from '../compacting';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { exitCode } from '../problems';
import { findRun, runsFolderOf } from '../runFolders';
import { statusWord } from '../statusText';
import { print, printJson } from '../terminal';
import { followTraining, startTraining } from '../trainingRuns';
import { version } from '../version';
import { shellWord } from '../../runs/model/shellWord';

export interface BaselineOptions {
  readonly kind: readonly BaselineKind[];
  readonly again?: boolean;
  readonly runs?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** `sfp baseline`: trains the baselines that a run does not have yet, and shows them until they end. */
export async function baseline(run: string, options: BaselineOptions): Promise<number> {
  const folder = await findRun(run, await runsFolderOf(options.runs));
  const plan = await planBaselines(folder, options.kind, options.again === true);
  tellLeftOut(plan, options.json === true);
  if (plan.kinds.includes('narrow') && !(await hasCompactNetwork(folder))) {
    if (!options.json)
      print(`The baseline narrow trains the compact network of ${plan.manifest.name}, which is made first.`);
    if ((await compactUntilStopped(folder, options.json ? 'json' : 'notes')) === null) return exitCode.stopped;
  }
  const versions = { 'sfp-lab': version, node: process.versions.node };
  const git = await gitState(dirname(plan.manifest.configFile ?? folder));
  const [first, ...more] = await createBaselines(folder, plan, { versions, git });
  if (first === undefined) return exitCode.done;
  const created = [first, ...more] as const;
  const pid = await startTraining(created);
  if (options.json)
    for (const { id, name, folder: at } of created) printJson({ type: 'created', run: id, name, folder: at, pid });
  else print(`${plural(created.length, 'baseline')} of ${plan.manifest.name} in ${shortPath(dirname(folder))}`);
  return followTraining(created, pid, options);
}

function tellLeftOut({ manifest, present, own }: BaselinePlan, json: boolean): void {
  for (const { id, name, folder, status, baseline: is } of present) {
    if (json) printJson({ type: 'present', run: id, name, folder, kind: is.kind, status });
    else print(`The baseline ${baselineTitles[is.kind]} is there, ${statusWord(status)}: ${id}; ${wayOn(status, id)}`);
  }
  for (const kind of own) {
    if (json) printJson({ type: 'own', run: manifest.id, kind });
    else print(`${manifest.name} itself is trained as its baseline ${baselineTitles[kind]} would be.`);
  }
}

function wayOn(status: BaselinePlan['present'][number]['status'], id: string): string {
  const endedEarly = status === 'stopped' || status === 'failed' || status === 'lost';
  return endedEarly
    ? `\`sfp resume ${shellWord(id)}\` lets it go on, --again trains another one.`
    : '--again trains another one.';
}
