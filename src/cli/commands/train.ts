import { basename, dirname, join, resolve } from 'node:path';
import { loadConfig } from '../../config/load';
import { resolveRuns } from '../../config/sweep';
import { createRun } from '../../runs/create';
import { gitState } from '../../runs/git';
import type { ShownStatus } from '../../runs/history';
import { startTrainer } from '../../runs/process';
import { plural } from '../figures';
import { followRuns } from '../followRuns';
import { asUsage, exitCode } from '../problems';
import { nameFromFile, shortPath } from '../paths';
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

interface CreatedRun {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
}

/** `sfp train`: starts all runs of a config in a process of their own, and shows them until they end. */
export async function train(configFile: string, options: TrainOptions): Promise<number> {
  const [first, ...more] = await createRuns(configFile, options.runs);
  const runs = [first, ...more] as const;
  const pid = startTrainer({
    folders: [first.folder, ...more.map(({ folder }) => folder)],
    node: process.execPath,
    trainerScript: join(__dirname, 'trainer.js'),
  });
  announce(runs, pid, options);
  return options.detach ? exitCode.done : follow(runs, pid, options);
}

async function createRuns(configFile: string, runsOption: string | undefined): Promise<[CreatedRun, ...CreatedRun[]]> {
  const file = resolve(configFile);
  const config = await asUsage(() => loadConfig(configFile));
  const fallback = nameFromFile(file);
  const experiment = resolveRuns({ ...config, sweep: undefined }, fallback)[0]?.name ?? fallback;
  const runsFolder = runsOption === undefined ? await runsFolderNear(dirname(file)) : resolve(runsOption);
  const git = await gitState(dirname(file));
  const versions = { 'sfp-lab': version, node: process.versions.node };
  const runs: CreatedRun[] = [];
  for (const run of resolveRuns(config, fallback)) {
    const folder = await createRun(runsFolder, { config: run, experiment, configFile: file, versions, git });
    runs.push({ id: basename(folder), name: run.name, folder });
  }
  // A sweep has at least one value for each of its settings, so there is at least one run.
  return runs as [CreatedRun, ...CreatedRun[]];
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
