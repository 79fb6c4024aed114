import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { networkFileOf } from '../../config/networkName';
import type { RunConfig } from '../../config/schema';
import { settingsText } from '../../config/sweep';
import type { ResolvedRun } from '../../experiment/resolve';
import { listRuns, type ListedRun } from './list';
import { recordedData } from './ownData';

/** Which runs of an experiment are in a folder already. */
export interface PresentRuns {
  /** Those that are not there, or have failed: what is to be trained, in the order of the sweep. */
  readonly missing: readonly ResolvedRun[];
  readonly finished: readonly ListedRun[];
  /** In training, or waiting for their turn. */
  readonly active: readonly ListedRun[];
  /** Stopped or lost: they can go on. */
  readonly halted: readonly ListedRun[];
}

/** Where several have the same settings, the one that is nearest to its end counts. */
const order = ['finished', 'running', 'created', 'stopped', 'lost'] as const;

/**
 * Looks for the runs of an experiment among those of a folder. A run is there when its settings are, whatever it is called: paths
 * mean the same files, the user's own images are as they were, and files that it starts from have not changed since. A run that a
 * stranger's `run.json` claims to be finished counts, too, which is why it is told by its id. `configFile` is an absolute path.
 */
export async function presentRuns(
  runsFolder: string,
  runs: readonly ResolvedRun[],
  configFile: string,
): Promise<PresentRuns> {
  const known = bySettings(await listRuns(runsFolder));
  const missing: ResolvedRun[] = [];
  const there: ListedRun[] = [];
  for (const run of runs) {
    const alike = known.get(placedSettings(run.config, dirname(configFile))) ?? [];
    const found = await firstSame(run, alike, known);
    if (found) there.push(found);
    else missing.push(run);
  }
  const having = (...statuses: ListedRun['status'][]) => there.filter(({ status }) => statuses.includes(status));
  return {
    missing,
    finished: having('finished'),
    active: having('running', 'created'),
    halted: having('stopped', 'lost'),
  };
}

type RunsBySettings = ReadonlyMap<string, readonly ListedRun[]>;

function bySettings(listed: Awaited<ReturnType<typeof listRuns>>): RunsBySettings {
  const known = new Map<string, ListedRun[]>();
  for (const run of listed) {
    // The network of a narrow baseline is not what its config says.
    if (run.problem !== null || run.status === 'failed' || run.baseline?.kind === 'narrow') continue;
    const key = placedSettings(run.config, run.configFile === null ? '' : dirname(run.configFile));
    const alike = known.get(key);
    if (alike) alike.push(run);
    else known.set(key, [run]);
  }
  const rank = ({ status }: ListedRun) => order.findIndex((each) => each === status);
  for (const alike of known.values()) alike.sort((a, b) => rank(a) - rank(b));
  return known;
}

/** The settings of a run, with paths from the root on: equal for runs that mean the same. */
function placedSettings(config: RunConfig, folder: string): string {
  const placed = (path: string | null) => (path === null ? null : resolve(folder, path));
  const { model, data, training } = config;
  const weights = training.initialWeights;
  return settingsText({
    ...config,
    model: { ...model, onnx: placed(model.onnx), tfjs: placed(model.tfjs) },
    data: { ...data, arrays: placed(data.arrays), folder: placed(data.folder) },
    training: { ...training, initialWeights: isFile(weights) ? placed(weights) : weights },
  });
}

function isFile(weights: string | null): weights is string {
  return weights?.endsWith('.safetensors') ?? false;
}

async function firstSame(
  run: ResolvedRun,
  alike: readonly ListedRun[],
  known: RunsBySettings,
): Promise<ListedRun | null> {
  const fingerprint = recordedData(run.dataset)?.fingerprint;
  for (const other of alike)
    if (other.data?.fingerprint === fingerprint && (await hasSameStart(other, known))) return other;
  return null;
}

/** Whether what a run started from is as it was then. */
async function hasSameStart({ config, configFile, created }: ListedRun, known: RunsBySettings): Promise<boolean> {
  const folder = configFile === null ? '' : dirname(configFile);
  const weights = config.training.initialWeights;
  const files = [networkFileOf(config.model)?.path, isFile(weights) ? weights : undefined];
  for (const file of files) if (file !== undefined && !(await isOlder(resolve(folder, file), created))) return false;
  const source = [...known.values()].flat().find(({ id, name }) => id === weights || name === weights);
  return source === undefined || (source.resumed ?? source.created) < created;
}

async function isOlder(file: string, time: string): Promise<boolean> {
  try {
    return (await stat(file)).mtimeMs <= Date.parse(time);
  } catch {
    // What is gone can’t be compared; whoever starts the run is told of it.
    return false;
  }
}
