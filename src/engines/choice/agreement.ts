import { UserError } from '../../base/errors';
import type { Engine } from '../engine';
import { onnxruntimeEngine } from '../onnxruntime';
import { agree, sampleGraph, sampleOptions, sampleResult } from '../onnxruntime/sampleNetwork';

/** Throws a UserError unless a training step of a small network gives what onnxruntime on the CPU gives. */
export async function requireAgreement(engine: Engine): Promise<void> {
  const resultOf = async (each: Engine): Promise<number[]> =>
    sampleResult(await each.compile(sampleGraph, sampleOptions));
  const expected = await resultOf(await onnxruntimeEngine({ convolutions: 'plain' }));
  if (!agree(await resultOf(engine), expected))
    throw new UserError(`A training step with ${engine.description.name} gave other numbers than onnxruntime's.`);
}
