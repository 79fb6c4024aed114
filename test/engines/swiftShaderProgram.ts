import { onnxruntimeDevices, onnxruntimeEngine, webgpuAdapter } from '../../src/engines/onnxruntime';
import { Emitter } from '../../src/engines/onnxruntime/emitter';
import { ModelBuilder } from '../../src/formats/onnx/modelBuilder';
import { createSession, loadRuntime } from '../../src/engines/onnxruntime/runtime';
import type { Request, Tasks } from './swiftShader';

/** The other side of `withSwiftShader`: does one task and ends. */

const tasks: Tasks = {
  async findings() {
    const [listed, webgpu] = [await onnxruntimeDevices(), await webgpuAdapter()];
    const refusal = await messageOf(onnxruntimeEngine({ device: 'webgpu' }));
    const { description } = await onnxruntimeEngine({ device: 'webgpu', softwareAdapter: true });
    return { listed, webgpu, refusal, device: description.device };
  },

  async refusedOperator(operator) {
    const model = new ModelBuilder();
    const input = { name: model.input('input', [4]), extents: [4] };
    model.output('output', new Emitter(model).emit(operator, [input], [4]).name, [4]);
    const settings = { device: 'webgpu', threads: 1, optimization: 'all' } as const;
    return messageOf(createSession(await loadRuntime(), model.toBytes(), settings));
  },

  async training({ engine: engineOptions, network, options, start, steps, evaluation, held }) {
    const engine = await onnxruntimeEngine(engineOptions);
    const compiled = await engine.compile(network, options);
    await compiled.writeState(start);
    const results = [];
    for (const [index, { batch, learningRate }] of steps.entries()) {
      results.push(await compiled.step(batch, learningRate));
      if (held && index === 0) await compiled.hold(held);
    }
    const logits = await compiled.predict(evaluation);
    const state = await compiled.readState();
    const importance = await compiled.readImportance();
    // A state that is written takes the place of what lies on the GPU.
    await compiled.writeState(start);
    const logitsOfStart = await compiled.predict(evaluation);
    await compiled.dispose();
    return { device: engine.description.device, results, logits, state, importance, logitsOfStart };
  },
};

async function messageOf(attempt: Promise<unknown>): Promise<string | null> {
  try {
    await attempt;
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function answer({ task, parameters }: Request): Promise<unknown> {
  const run = tasks[task] as (...given: readonly unknown[]) => Promise<unknown>;
  return run(...parameters);
}

process.once('message', (request: Request) => {
  const send = (message: object) => process.send?.(message, () => process.exit());
  answer(request).then(
    (value) => send({ value }),
    (error: unknown) => send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
