import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../src/base/errors';
import type { RandomStream } from '../../../src/base/random';
import { resolveRun } from '../../../src/experiment/resolve';
import { decodeSafetensors, encodeSafetensors } from '../../../src/formats/safetensors';
import { initialState } from '../../../src/network/initialState';
import { prunableLayers } from '../../../src/network/prunableLayers';
import { layerScores } from '../../../src/pruning/layerScores';
import { convolutionsOf } from '../../../src/pruning/weightFile';
import { Checkpoints, readCheckpoint } from '../../../src/runs/checkpoints/checkpoints';
import { keptCheckpoints } from '../../../src/runs/checkpoints/keptCheckpoints';
import { readCompactNetwork } from '../../../src/runs/folder/compactNetwork';
import { readHistory } from '../../../src/runs/folder/reader';
import { findResumePoint } from '../../../src/training/run/resumePoint';
import { fittingState } from '../../../src/training/run/startingWeights';
import { compactResNet, lifelikeTensors, narrowCifarNet } from '../../fixtures/compactNetwork';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { writeRun } from '../../fixtures/writeRun';
import { jsonText, mutatedBytes, mutatedJson, mutatedValue } from '../mutations';
import { target, type FuzzTarget } from '../target';

/** Weights: the file itself, checkpoints whose hashes are right all the same, and the compact network. */

/** Bytes anywhere, or a header that is another one over the same data. */
function mutatedTensors(sample: Uint8Array, random: RandomStream): Uint8Array {
  if (random.below(2) === 0) return mutatedBytes(sample, random);
  const bytes = Buffer.from(sample);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = Buffer.from(
    jsonText(mutatedValue(JSON.parse(bytes.subarray(8, 8 + length).toString()), random), random),
  );
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([size, header, bytes.subarray(8 + length)]);
}

const criteria = ['l1', 'l2', 'fpgm', 'random'] as const;

interface CheckpointInput {
  readonly manifest: Uint8Array;
  readonly weights: Uint8Array;
}

export const weightTargets: readonly FuzzTarget[] = [
  target<Uint8Array>('safetensors', () => {
    const sample = encodeSafetensors(lifelikeTensors(compactResNet), { format: 'pt' });
    return Promise.resolve({
      make: (random) => mutatedTensors(sample, random),
      read: (bytes) => {
        const tensors = decodeSafetensors(bytes, 'weights.safetensors');
        // As `sfp mask` and `training.initialWeights` use a file from elsewhere.
        for (const layer of convolutionsOf(tensors))
          for (const criterion of criteria) layerScores(layer, tensors, { criterion, seed: 1, epoch: -1 }, null);
        fittingState(compactResNet, tensors, 'the file');
      },
    });
  }),
  target<CheckpointInput>('checkpoint', async (folder) => {
    const run = await writeRun(folder, plausibleRun({ epochs: 2, state: 'stopped' }));
    const history = await readHistory(run);
    const resolved = resolveRun(history.manifest.config);
    const state = initialState(narrowCifarNet, 1);
    const content = { epoch: 1, step: null, pruned: true, validation: { loss: 1, accuracy: 0.5 } };
    const saved = await new Checkpoints(run).save({ ...content, state, importance: null, best: true });
    const files = { manifest: join(run, saved, 'manifest.json'), weights: join(run, saved, 'weights.safetensors') };
    const [manifest, weights] = [await readFile(files.manifest, 'utf8'), await readFile(files.weights)];
    return {
      make: (random) => {
        if (random.below(3) === 0) return { manifest: mutatedJson(JSON.parse(manifest), random), weights };
        const other = mutatedTensors(weights, random);
        return { manifest: Buffer.from(withHash(manifest, other)), weights: other };
      },
      read: async (input) => {
        await writeFile(files.manifest, input.manifest);
        await writeFile(files.weights, input.weights);
        await keptCheckpoints(run, resolved.config);
        await findResumePoint(history, run, resolved);
        await readCheckpoint(join(run, saved));
      },
    };
  }),
  target<{ readonly network: Uint8Array; readonly weights: Uint8Array }>('compact network', async (folder) => {
    const [network, weights] = [
      Buffer.from(JSON.stringify(compactResNet)),
      encodeSafetensors(lifelikeTensors(compactResNet)),
    ];
    await mkdir(join(folder, 'compact'), { recursive: true });
    return {
      make: (random) =>
        random.below(2) === 0
          ? { network: mutatedJson(compactResNet, random), weights }
          : { network, weights: mutatedTensors(weights, random) },
      read: async (input) => {
        await writeFile(join(folder, 'compact', 'network.json'), input.network);
        await writeFile(join(folder, 'compact', 'weights.safetensors'), input.weights);
        const { graph, tensors } = await readCompactNetwork(folder);
        const [layer] = prunableLayers(graph);
        if (layer) layerScores(layer, tensors, { criterion: 'l2', seed: 1, epoch: -1 }, null);
      },
    };
  }),
];

/** The manifest with the hash and length of other weights. */
function withHash(manifest: string, weights: Uint8Array): string {
  const value = JSON.parse(manifest) as { files: { name: string; bytes: number; sha256: string }[] };
  const listed = value.files.find(({ name }) => name === 'weights.safetensors');
  if (!listed) throw new UserError('The sample has no weights.');
  listed.bytes = weights.length;
  listed.sha256 = createHash('sha256').update(weights).digest('hex');
  return JSON.stringify(value);
}
