import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { TensorflowBinding } from '../../../../src/engines/tensorflow/binding';
import { compileNetwork } from '../../../../src/engines/tensorflow/compiledNetwork';
import { buildNetwork } from '../../../../src/network/zoo';

const graph = buildNetwork('resnet20', { channels: 3, height: 8, width: 8 }, 10);
const options = { batchSize: 64, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 0 } };
const batch = { count: 64, images: new Float32Array(64 * 3 * 64), labels: new Int32Array(64) };

/** Counts tensors and sessions as the real one keeps them; a run of a step ends as it is told to. */
function fakeBinding(step: () => Float32Array) {
  const open = { tensors: new Map<number, Float32Array | Int32Array>(), sessions: 0, count: 0 };
  const keep = (values: Float32Array | Int32Array): number => {
    open.tensors.set(++open.count, values);
    return open.count;
  };
  const binding: TensorflowBinding = {
    TF_FLOAT: 1,
    TF_INT32: 3,
    TF_Version: '2.21.0',
    isUsingGpuDevice: () => false,
    createTensor: (_shape, _type, values) => keep(values),
    deleteTensor: (id) => {
      if (!open.tensors.delete(id)) throw new Error(`There is no tensor ${id}.`);
    },
    tensorDataSync: (id) => open.tensors.get(id)!,
    loadSavedModel: () => ++open.sessions,
    deleteSavedModel: () => {
      open.sessions--;
    },
    runSavedModel: (_id, _inputs, _names, outputs) => {
      const values = outputs.startsWith('step/') ? step() : new Float32Array(1);
      return [{ id: keep(values), shape: [values.length], dtype: 1 }];
    },
  };
  return { binding, open };
}

describe('a network compiled for TensorFlow', () => {
  it('leaves no tensor behind, whether a step succeeds or fails', async () => {
    let fails = false;
    const { binding, open } = fakeBinding(() => {
      if (fails) throw new Error('Session fail to run with error: something else');
      return Float32Array.of(2.3, 7);
    });
    const network = await compileNetwork(binding, graph, options, 'NHWC');
    expect(await network.step(batch, 0.1)).toEqual({ loss: expect.closeTo(2.3) as number, correct: 7 });
    fails = true;
    await expect(network.step(batch, 0.1)).rejects.toThrow('something else');
    expect(open.tensors.size).toBe(0);
    await network.dispose();
    expect(open.sessions).toBe(0);
  });

  it('tells that memory is short, for what, and which batch size to try', async () => {
    const { binding } = fakeBinding(() => {
      throw new Error(
        'Session fail to run with error: OOM when allocating tensor with shape[64,16,32,32] and type float on /device:GPU:0 by allocator GPU_0_bfc',
      );
    });
    const network = await compileNetwork(binding, graph, options, 'NCHW');
    await expect(network.step(batch, 0.1)).rejects.toThrow(
      'The device has too little memory for batches of 64 images (no room for a tensor of shape[64,16,32,32], 4.2 MB); set training.batchSize to 32, or close what else uses the device.',
    );
  });

  it('leaves no graph in the folder for temporary files', async () => {
    const before = await graphFolders();
    const { binding } = fakeBinding(() => Float32Array.of(0, 0));
    await compileNetwork(binding, graph, options, 'NHWC');
    expect(await graphFolders()).toEqual(before);
  });
});

async function graphFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('sfp-lab-graph-'));
}
