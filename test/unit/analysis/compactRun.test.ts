import { beforeEach, expect, test } from 'vitest';
import { compactRun, compactTrainedRun } from '../../../src/analysis/compactRun';
import { openModelFile } from '../../../src/engines/onnxruntime/modelFile';
import type { Batch, CompiledNetwork } from '../../../src/engines/engine';
import { encodeOnnxNetwork } from '../../../src/export/onnx';
import { initialState } from '../../../src/network/initialState';
import { readCertificate } from '../../../src/runs/folder/compactFolder';
import { RunWriter } from '../../../src/runs/folder/writer';
import { unequalSentence } from '../../../src/runs/model/certificateFindings';
import { thisProcess } from '../../../src/base/processes';
import { narrowCifarNet as graph } from '../../fixtures/compactNetwork';
import { newRunFolder } from '../../fixtures/runFolder';
import { fakeSetup, FakeNetwork } from '../training/loop/fakeTraining';

const state = initialState(graph, 1);
const { signal } = new AbortController();
const onProgress = (): void => undefined;
let folder: string;
beforeEach(async () => {
  folder = await newRunFolder();
});

/** What computes the logits of the masked network, `off` beside what they are. */
async function maskedBy(off: number): Promise<CompiledNetwork> {
  const about = { title: '', version: '1', input: { mean: [0, 0, 0], std: [1, 1, 1] }, classes: ['a'], metadata: {} };
  const file = await openModelFile(
    encodeOnnxNetwork({ graph, tensors: new Map([...state.parameters, ...state.statistics]), about }),
  );
  return Object.assign(new FakeNetwork(), {
    readState: () => Promise.resolve(state),
    predict: async ({ images, count }: Batch) => (await file.predict(images, count)).map((logit) => logit + off),
  });
}

async function concluded(off: number): Promise<string[]> {
  const warnings: string[] = [];
  const network = await maskedBy(off);
  const images = Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, index) => Math.sin(index));
  const testLoader = {
    async *epoch() {
      yield await Promise.resolve({ count: 2, images, labels: new Int32Array(2) });
    },
    dispose: () => Promise.resolve(),
  };
  const setup = { ...fakeSetup(network, {}, 1), graph, network, testLoader };
  const onWarning = (message: string): Promise<void> => Promise.resolve(void warnings.push(message));
  const trained = { folder, setup, epoch: 0, signal, onProgress, onWarning };
  await compactTrainedRun(trained, () => Promise.resolve({ latency: null, block: 8 }));
  return warnings;
}

test('a compact network that is the masked one is no warning of its run, and its certificate says on what it is proven', async () => {
  expect(await concluded(0)).toEqual([]);
  const certificate = await readCertificate(folder);
  expect(Object.keys(certificate!.equality)).toEqual(['images', 'largestDifference', 'logitsRange']);
  expect(certificate).toMatchObject({ equality: { images: 2 }, testImages: 10_000, latency: null });
});

test('one that is not is a warning of its run', async () => {
  expect(await concluded(0.5)).toEqual([unequalSentence]);
  expect((await readCertificate(folder))?.equality.largestDifference).toBeCloseTo(0.5, 4);
});

test('a run that still trains is left alone, and one without checkpoints has nothing to compact', async () => {
  const writer = await RunWriter.open(folder);
  await writer.update({ status: 'running', process: await thisProcess() });
  await expect(compactRun(folder, { signal, onProgress })).rejects.toThrow(
    'is not done; compact it when it has finished',
  );
  await writer.update({ status: 'stopped', process: null });
  await writer.close();
  await expect(compactRun(folder, { signal, onProgress })).rejects.toThrow(
    /has no checkpoint of a pruned network, so .*`sfp resume`\.$/,
  );
  expect(await readCertificate(folder)).toBeNull();
});
