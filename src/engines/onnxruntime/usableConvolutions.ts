import { initialState } from '../../network/initialState';
import { compileNetwork, type Convolutions } from './compiledNetwork';
import type { Runtime, SessionSettings } from './runtime';
import { agree, sampleBatch, sampleGraph, sampleOptions } from './sampleNetwork';

/** Block sizes of onnxruntime's kernels: 16 with AVX-512, 8 with AVX2. */
const blockSizes = [16, 8];

/**
 * onnxruntime's blocked convolutions are no public contract, and their block size depends on the processor. So a training step
 * of a small network decides: blocked ones are used if they give the result of the plain ones.
 * Throws an Error when blocked ones are wanted but do not work here.
 */
export async function usableConvolutions(
  runtime: Runtime,
  settings: SessionSettings,
  wanted?: Convolutions['kind'],
): Promise<Convolutions> {
  if (wanted === 'plain') return { kind: 'plain' };
  const expected = await sampleResult(runtime, settings, { kind: 'plain' });
  for (const block of blockSizes) {
    const convolutions = { kind: 'blocked' as const, block };
    // An operator that is not there, or takes no such block, makes the compilation or the step fail.
    const result = await sampleResult(runtime, settings, convolutions).catch(() => null);
    if (result && agree(result, expected)) return convolutions;
  }
  if (wanted === 'blocked') throw new Error("onnxruntime's blocked convolutions do not work on this machine.");
  return { kind: 'plain' };
}

/** Loss, logits and all values of the state after a step. */
async function sampleResult(
  runtime: Runtime,
  settings: SessionSettings,
  convolutions: Convolutions,
): Promise<number[]> {
  const network = await compileNetwork(runtime, sampleGraph, sampleOptions, { ...settings, convolutions });
  try {
    await network.writeState(initialState(sampleGraph, 1));
    const batch = sampleBatch();
    const { loss } = await network.step(batch, 0.1);
    const { parameters, statistics } = await network.readState();
    const state = [...parameters.values(), ...statistics.values()].flatMap(({ data }) => [...data]);
    return [loss, ...(await network.predict(batch)), ...state];
  } finally {
    await network.dispose();
  }
}
