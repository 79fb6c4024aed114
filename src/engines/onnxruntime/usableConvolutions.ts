import { compileNetwork, plain, type Convolutions } from './compiledNetwork';
import type { Runtime, SessionSettings } from './runtime';
import { agree, sampleGraph, sampleOptions, sampleResult } from './sampleNetwork';

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
  if (wanted === 'plain') return plain;
  const resultOf = async (convolutions: Convolutions): Promise<number[]> =>
    sampleResult(await compileNetwork(runtime, sampleGraph, sampleOptions, { ...settings, convolutions }));
  const expected = await resultOf(plain);
  for (const block of blockSizes) {
    const convolutions = { kind: 'blocked' as const, block };
    // An operator that is not there, or takes no such block, makes the compilation or the step fail.
    const result = await resultOf(convolutions).catch(() => null);
    if (result && agree(result, expected)) return convolutions;
  }
  if (wanted === 'blocked') throw new Error("onnxruntime's blocked convolutions do not work on this machine.");
  return { kind: 'plain', why: 'onnxruntime has no blocked ones for this processor' };
}
