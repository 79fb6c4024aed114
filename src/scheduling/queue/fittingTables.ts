import { enginesFolder } from '../../base/cacheFolder';
import { networkFileOf, networkName } from '../../config/networkName';
import { readManifest } from '../../runs/folder/manifest';
import type { SplitTable } from './split';
import { SplitTables } from './splitTables';

const mostTold = 3;

/** What was measured of several runs at once with networks such as those of runs in these folders; without runs the newest. */
export async function fittingTables(runs: readonly { readonly folder: string }[]): Promise<SplitTable[]> {
  const { all } = await SplitTables.open(enginesFolder());
  if (runs.length === 0) return all.slice(0, 1);
  const wanted = new Set<string>();
  for (const { folder } of runs) {
    const config = await readManifest(folder).then(
      (manifest) => manifest.config,
      () => null,
    );
    if (config === null) continue;
    const { model, training } = config;
    // A network from a file has a name of its own, which its path does not tell.
    wanted.add(keyOf(networkFileOf(model) === null ? networkName(model) : null, training.batchSize));
  }
  const fits = ({ network, batchSize }: SplitTable): boolean =>
    wanted.has(keyOf(network, batchSize)) || wanted.has(keyOf(null, batchSize));
  return all.filter(fits).slice(0, mostTold);
}

function keyOf(network: string | null, batchSize: number): string {
  return `${network ?? ''} ${batchSize}`;
}
