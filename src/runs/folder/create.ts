import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compactTime } from '../../base/compactTime';
import { createDurably, makeFolder, syncFolder } from '../../base/durable';
import { onFile } from '../../base/fileProblem';
import { networkFileOf } from '../../config/networkName';
import type { RunConfig } from '../../config/schema';
import { inNameLetters } from '../../config/sweep';
import type { Experiment } from '../../experiment/resolve';
import type { LayerGraph } from '../../network/graph';
import { fileNames, formatVersion, type Baseline, type RunManifest } from '../model/format';
import { gitState } from './git';
import { recordedData } from './ownData';

export interface NewRun {
  readonly config: RunConfig;
  /** Shared by the runs that are started together from one config. */
  readonly experiment: string;
  /** Absolute path of the config file, null when there is none. */
  readonly configFile: string | null;
  /** Versions of SFP Lab and Node, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly git: RunManifest['git'];
  /** Which run it is a baseline of. */
  readonly baseline?: Baseline;
  /** What was found of images that the config brings along. */
  readonly data?: RunManifest['data'];
  /** What it trains instead of a network of the zoo. */
  readonly network?: LayerGraph | null;
}

/** Some file systems end at 255 bytes. */
const longestName = 128;

export interface CreatedRun {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
}

/**
 * Makes the folder of a new run inside `runsFolder` (made too if it is missing) and returns its path. The run's id is the
 * folder's name, `<UTC time>-<name>-<6 hex>`. The folder shows up complete, after a power loss too: it gets its name when
 * `run.json` is in it and on the disk.
 */
export async function createRun(runsFolder: string, run: NewRun): Promise<string> {
  const now = new Date();
  // The config of a baseline is that of a run whose folder may come from anybody: its name may hold a path.
  const name = inNameLetters(run.config.name).slice(0, longestName);
  const id = `${compactTime(now)}-${name}-${randomBytes(3).toString('hex')}`;
  const manifest: RunManifest = {
    formatVersion,
    id,
    name: run.config.name,
    experiment: run.experiment,
    configFile: run.configFile,
    config: run.config,
    ...(run.data && { data: run.data }),
    ...(run.baseline && { baseline: run.baseline }),
    created: now.toISOString(),
    status: 'created',
    process: null,
    engine: null,
    git: run.git,
    versions: { ...run.versions },
    summary: null,
    error: null,
  };
  const folder = join(runsFolder, id);
  const unfinished = join(runsFolder, `.${id}`);
  await onFile(runsFolder, async () => {
    try {
      await makeFolder(runsFolder);
      await mkdir(unfinished);
      await mkdir(join(unfinished, fileNames.checkpoints));
      if (run.network) await createDurably(join(unfinished, fileNames.network), JSON.stringify(run.network));
      await createDurably(join(unfinished, fileNames.run), manifestText(manifest));
      await syncFolder(unfinished);
      await rename(unfinished, folder);
      await syncFolder(runsFolder);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
  });
  return folder;
}

/** Makes the folders of all runs of an experiment, in the order of its sweep. `configFile` is an absolute path. */
export async function createRuns(
  runsFolder: string,
  { experiment, configFile, versions }: { experiment: Experiment; configFile: string; versions: NewRun['versions'] },
): Promise<[CreatedRun, ...CreatedRun[]]> {
  const git = await gitState(dirname(configFile));
  const created: CreatedRun[] = [];
  for (const { config, dataset, graph } of experiment.runs) {
    // The file may change, or go, while the run waits for its turn.
    const network = networkFileOf(config.model) === null ? null : graph;
    const data = recordedData(dataset);
    const about = { experiment: experiment.name, configFile, versions, git, data, network };
    const folder = await createRun(runsFolder, { config, ...about });
    created.push({ id: basename(folder), name: config.name, folder });
  }
  return created as [CreatedRun, ...CreatedRun[]];
}

/** How `run.json` is written. */
export function manifestText(manifest: RunManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
