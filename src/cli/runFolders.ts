import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileNames, runsPath } from '../runs/model/format';
import { listRuns, type DamagedRun, type ListedRun } from '../runs/folder/list';
import { localTime } from './figures';
import { exists, shortPath } from './paths';
import { UsageError } from './problems';

/**
 * Where runs are kept: the nearest `.sfp/runs` in `start` or a folder above it, in the way git finds its repository;
 * if there is none, `.sfp/runs` in `start`, which need not exist yet.
 */
export async function runsFolderNear(start: string): Promise<string> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (await exists(join(folder, runsPath))) return join(folder, runsPath);
    if (dirname(folder) === folder) return join(resolve(start), runsPath);
  }
}

/** The runs folder of a command: `--runs`, or the one near the working folder. */
export async function runsFolderOf(option: string | undefined): Promise<string> {
  return option === undefined ? runsFolderNear('.') : resolve(option);
}

/**
 * The folder of a run by its id, the unique beginning of an id, its unique name, or its folder. Throws a UsageError where it fits
 * several; of copies, which keep the id, it names the folders.
 */
export async function findRun(run: string, runsFolder: string): Promise<string> {
  const [folder] = await findRuns([run], runsFolder);
  return folder!;
}

/** The same of several runs, in their order; the folder of runs is listed once for all of them. */
export async function findRuns(runs: readonly string[], runsFolder: string): Promise<string[]> {
  const given = await Promise.all(runs.map((run) => exists(join(run, fileNames.run))));
  const listed = given.every(Boolean) ? [] : await listRuns(runsFolder);
  return Promise.all(
    runs.map(async (run, index) => (given[index] ? resolve(run) : amongListed(run, listed, runsFolder))),
  );
}

/**
 * The same, where the name of an experiment stands for all of its runs; a run's id or its own folder goes first. Each folder is
 * told once.
 */
export async function findRunsOrExperiments(names: readonly string[], runsFolder: string): Promise<string[]> {
  const listed = await listRuns(runsFolder);
  const found = await Promise.all(
    names.map(async (name) => {
      const isRun = listed.some(({ id }) => id === name) || (await exists(join(name, fileNames.run)));
      const ofExperiment = isRun ? [] : listed.filter((it) => it.problem === null && it.experiment === name);
      return ofExperiment.length > 0 ? ofExperiment.map(({ folder }) => folder) : findRuns([name], runsFolder);
    }),
  );
  return [...new Set(found.flat())];
}

async function amongListed(
  run: string,
  runs: readonly (ListedRun | DamagedRun)[],
  runsFolder: string,
): Promise<string> {
  const exact = runs.filter(({ id }) => id === run);
  const candidates =
    exact.length > 0 ? exact : runs.filter((it) => it.id.startsWith(run) || (it.problem === null && it.name === run));
  const [found] = candidates;
  if (found === undefined) {
    throw new UsageError(
      `There is no run "${run}" in ${shortPath(runsFolder)}; \`sfp list\` shows those that are there.`,
    );
  }
  if (candidates.length === 1) return found.folder;
  const ids = [...new Set(candidates.map(({ id }) => id))];
  if (ids.length === 1) throw new UsageError(await severalFolders(run, candidates));
  const shown = `${ids.slice(0, 4).join(', ')}${ids.length > 4 ? ', …' : ''}`;
  throw new UsageError(`"${run}" fits ${ids.length} runs: ${shown}; give more of the id.`);
}

/** Which folders have the same run in them, and what tells them apart. */
async function severalFolders(run: string, found: readonly { readonly folder: string }[]): Promise<string> {
  const told = await Promise.all(
    found.map(async ({ folder }) => {
      const { mtime } = await stat(join(folder, fileNames.run));
      return `${shortPath(folder)} (run.json changed ${localTime(mtime.toISOString())})`;
    }),
  );
  return `"${run}" is in ${told.length} folders, of which all but one are copies: ${told.join(', ')}; name the one you mean by its path.`;
}
