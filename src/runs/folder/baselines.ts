import { basename, dirname } from 'node:path';
import { UserError } from '../../base/errors';
import { baselineConfig, baselineKinds, isOwnBaseline, type BaselineKind } from '../../config/baselines';
import { networkFileOf } from '../../config/networkName';
import type { LayerGraph } from '../../network/graph';
import type { RunManifest } from '../model/format';
import { requireEqual } from './compactFolder';
import { hasCompactNetwork, readCompactGraph } from './compactNetwork';
import { createRun, type CreatedRun, type NewRun } from './create';
import { listRuns, type ListedRun } from './list';
import { readManifest } from './manifest';
import { runNetwork } from './runNetwork';
import { shellWord } from '../model/shellWord';

/** A run that is a baseline. */
export type ListedBaseline = ListedRun & { readonly baseline: NonNullable<RunManifest['baseline']> };

/** The baselines of a run beside it: of every kind the newest one, in the order of the kinds. */
export function baselinesAmong(runs: readonly ListedRun[], id: string): ListedBaseline[] {
  const newestFirst = runs
    .filter((run): run is ListedBaseline => run.baseline?.of === id)
    .sort((a, b) => b.created.localeCompare(a.created));
  return baselineKinds.flatMap((kind) => newestFirst.find(({ baseline }) => baseline.kind === kind) ?? []);
}

/** The same, read from the folder that the run is in. */
export async function readBaselines(runFolder: string, id: string): Promise<ListedBaseline[]> {
  const runs = await listRuns(dirname(runFolder));
  return baselinesAmong(
    runs.filter((run) => run.problem === null),
    id,
  );
}

/** What is to be done for the baselines of a run. */
export interface BaselinePlan {
  readonly manifest: RunManifest;
  /** To be trained. */
  readonly kinds: readonly BaselineKind[];
  /** There already. */
  readonly present: readonly ListedBaseline[];
  /** The run is such a baseline itself. */
  readonly own: readonly BaselineKind[];
}

/**
 * Which of these baselines a run still needs; `again` trains those anew that are there. Throws a UserError when the run is a
 * baseline.
 */
export async function planBaselines(
  runFolder: string,
  kinds: readonly BaselineKind[],
  again: boolean,
): Promise<BaselinePlan> {
  const manifest = await readManifest(runFolder);
  const { id, baseline, config } = manifest;
  if (baseline)
    throw new UserError(`${id} is itself a baseline, of ${baseline.of}: name that run to train its other baselines.`);
  const own = kinds.filter((kind) => isOwnBaseline(config, kind));
  const found = again ? [] : await readBaselines(runFolder, id);
  const present = found.filter((run) => kinds.includes(run.baseline.kind));
  const isNeeded = (kind: BaselineKind): boolean =>
    !own.includes(kind) && !present.some((run) => run.baseline.kind === kind);
  return { manifest, kinds: baselineKinds.filter((kind) => kinds.includes(kind) && isNeeded(kind)), present, own };
}

/**
 * Makes the folders of planned baselines beside the run, of its experiment and config. Throws a UserError, and makes none, when
 * a narrow one is planned and the run has no compact network that is proven to be the masked one.
 */
export async function createBaselines(
  runFolder: string,
  { manifest, kinds }: Pick<BaselinePlan, 'manifest' | 'kinds'>,
  { versions, git }: Pick<NewRun, 'versions' | 'git'>,
): Promise<CreatedRun[]> {
  const { id, config, experiment, configFile, data } = manifest;
  const compactGraph = kinds.includes('narrow') ? await compactGraphOf(runFolder, id) : null;
  const isImported = networkFileOf(config.model) !== null;
  const ownGraph = isImported ? (await runNetwork(runFolder, manifest)).graph : null;
  const created: CreatedRun[] = [];
  for (const kind of kinds) {
    const folder = await createRun(dirname(runFolder), {
      config: baselineConfig(config, kind),
      experiment,
      configFile,
      data,
      versions,
      git,
      baseline: { of: id, kind },
      network: kind === 'narrow' ? compactGraph : ownGraph,
    });
    created.push({ id: basename(folder), name: baselineConfig(config, kind).name, folder });
  }
  return created;
}

async function compactGraphOf(runFolder: string, id: string): Promise<LayerGraph> {
  if (await hasCompactNetwork(runFolder)) {
    const graph = await readCompactGraph(runFolder);
    await requireEqual(runFolder, `compact it again with \`sfp compact ${id}\`, or leave the baseline "narrow" out.`);
    return graph;
  }
  throw new UserError(
    `The baseline "narrow" trains the compact network of ${id}, which is not there yet: run \`sfp compact ${shellWord(id)}\` first, or leave "narrow" out.`,
    { file: runFolder },
  );
}
