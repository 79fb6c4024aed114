import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { usable } from '../src/experiment/foundNetworks';
import { readNetwork } from '../src/network/import/readNetwork';
import type { LayerGraph } from '../src/network/graph';
import { buildNetwork } from '../src/network/zoo';

/** A network that only PyTorch has: it is exported there and imported here. */
export const importedArch = 'densenet';

/** As the peers have them, for images of every size. */
const classes = 10;

/** The network that is measured, for square images of so many pixels a side. */
export async function networkOfBench(arch: string, size: number, pythons: readonly string[]): Promise<LayerGraph> {
  if (arch !== importedArch) return buildNetwork(arch, { channels: 3, height: size, width: size }, classes);
  const [python] = pythons;
  if (python === undefined) throw new Error(`--arch ${importedArch} needs --torch: PyTorch exports the network.`);
  const folder = await mkdtemp(join(tmpdir(), 'sfp-lab-bench-'));
  try {
    const file = join(folder, `${arch}.onnx`);
    const script = join(process.cwd(), 'bench', 'pytorchStep.py');
    await promisify(execFile)(python, [script, '--export', arch, String(size), file]);
    return usable(await readNetwork(file, 'onnx', { height: size, width: size })).graph;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
