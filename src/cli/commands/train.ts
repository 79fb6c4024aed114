import { dirname, join, resolve } from 'node:path';
import { loadConfig } from '../../config/load';
import { createRuns, type CreatedRun } from '../../runs/create';
import type { ShownStatus } from '../../runs/history';
import { startTrainer } from '../../runs/process';
import { plural } from '../figures';
import { followRuns } from '../followRuns';
import { asUsage, exitCode } from '../problems';
import { shortPath } from '../paths';
import { runsFolderNear } from '../runFolders';
import { stopOnSignals } from '../stopOnSignals';
import { isTerminal, onClosedPipe, print, printJson } from '../terminal';
import { BarDisplay, JsonDisplay, LineDisplay, type TrainDisplay } from '../trainDisplay';
import { version } from '../version';

export interface TrainOptions {
  readonly runs?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

/** `sfp train`: starts all runs of a config in a process of their own, and shows them until they end. */
export async function train(configFile: string, options: TrainOptions): Promise<number> {
  const file = resolve(configFile);
  const config = await asUsage(() => loadConfig(configFile));
  const runsFolder = options.runs === undefined ? await runsFolderNear(dirname(file)) : resolve(options.runs);
  const versions = { 'sfp-lab': version, node: process.versions.node };
  const [first, ...more] = await createRuns(runsFolder, { config, configFile: file, versions });
  const runs = [first, ...more] as const;
  const pid = startTrainer({
    folders: [first.folder, ...more.map(({ folder }) => folder)],
    node: process.execPath,
    trainerScript: join(__dirname, 'trainer.js'),
  });
  announce(runs, pid, options);
  return options.detach ? exitCode.done : follow(runs, pid, options);
}

function announce(runs: readonly CreatedRun[], pid: number, { detach, json }: TrainOptions): void {
  if (json) {
    for (const { id, name, folder } of runs) printJson({ type: 'created', run: id, name, folder, pid });
    return;
  }
  const [{ folder }] = runs as [CreatedRun];
  print(`${plural(runs.length, 'run')} in ${shortPath(dirname(folder))}`);
  if (!detach) return;
  for (const { id } of runs) print(`  ${id}`);
  print(`Training goes on in process ${pid}; see \`sfp list\`, \`sfp show RUN\`, \`sfp stop RUN\`.`);
}

async function follow(runs: readonly CreatedRun[], pid: number, { json }: TrainOptions): Promise<number> {
  const folders = runs.map(({ folder }) => folder);
  const display = displayFor(runs, json ?? false);
  const stopping = stopOnSignals(folders, (text) => {
    display.say(text);
  });
  onClosedPipe(() => stopping.ask());
  const statuses = await followRuns(folders, display, () => isThere(pid));
  display.end();
  stopping.dispose();
  for (const [index, status] of statuses.entries()) if (status === 'lost') tellLost(runs[index]!);
  if (!json) tellNext(runs);
  return exitCodeOf(statuses);
}

function displayFor(runs: readonly CreatedRun[], json: boolean): TrainDisplay {
  if (json) return new JsonDisplay();
  return isTerminal() ? new BarDisplay(runs) : new LineDisplay(runs.map(({ name }) => name));
}

/** True while the trainer lives; node reaps its own children, so a dead one is really gone. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function tellLost({ name, folder }: CreatedRun): void {
  process.stderr.write(
    `${name}: the training process has ended without a word; look at ${shortPath(join(folder, 'trainer.log'))}.\n`,
  );
}

function tellNext(runs: readonly CreatedRun[]): void {
  const ids = runs.map(({ id }) => id).join(' ');
  print(runs.length > 1 ? `\nCompare them: sfp compare ${ids}` : `\nMore about it: sfp show ${ids}`);
}

function exitCodeOf(statuses: readonly ShownStatus[]): number {
  if (statuses.some((status) => status === 'failed' || status === 'lost')) return exitCode.failed;
  return statuses.includes('stopped') ? exitCode.stopped : exitCode.done;
}
