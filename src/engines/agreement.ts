import { initialState } from '../network/initialState';
import { UserError } from '../errors';
import type { Engine } from './engine';
import { onnxruntimeEngine } from './onnxruntime';
import { agree, sampleBatch, sampleGraph, sampleOptions } from './onnxruntime/sampleNetwork';

/** Throws a UserError unless a training step of a small network gives what onnxruntime on the CPU gives. */
export async function requireAgreement(engine: Engine): Promise<void> {
  const expected = await stepped(await onnxruntimeEngine({ convolutions: 'plain' }));
  if (!agree(await stepped(engine), expected))
    throw new UserError(`A training step with ${engine.description.name} gave other numbers than onnxruntime's.`);
}

/** Loss, logits and all values of the state after a step. */
async function stepped(engine: Engine): Promise<number[]> {
  const network = await engine.compile(sampleGraph, sampleOptions);
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
