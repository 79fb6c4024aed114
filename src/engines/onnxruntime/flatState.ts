import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Layouts } from '../variableLayout';
import { ModelBuilder } from '../../formats/onnx/modelBuilder';
import type { Runtime } from './runtime';

const changingNames = ['parameters', 'momenta', 'statistics', 'importance'] as const;
type ChangingName = (typeof changingNames)[number];
/** `trained`: 1 for parameters that are trained and 0 for those that are held, or one value for all. */
type StateName = ChangingName | 'trained';
type StateVectors = Readonly<Record<StateName, Float32Array>>;

/** Nothing is held. */
export const allTrained = Float32Array.of(1);

/** Name of the step's output that takes the place of an input of its. */
const successorOf: Readonly<Record<StateName, string>> = {
  parameters: 'newParameters',
  momenta: 'newMomenta',
  statistics: 'newStatistics',
  importance: 'newImportance',
  trained: 'sameTrained',
};

/**
 * The flat vectors that a training step reads and gives again, as tensors that stay where the step leaves them: with WebGPU in
 * buffers of the GPU, so that they travel there once.
 * onnxruntime-node has no call to read such a buffer, so a `copies` session hands it from the GPU to the CPU.
 */
export class FlatState {
  private readonly tensors = new Map<StateName, Tensor>();

  constructor(
    private readonly runtime: Runtime,
    layouts: Layouts,
    private readonly copies: InferenceSession | null,
  ) {
    for (const name of changingNames) this.write({ [name]: new Float32Array(sizeOf(name, layouts)) });
    this.write({ trained: allTrained });
  }

  /** All inputs of a step that are not the batch's. Vectors of no values are left out, as such an input cannot be declared. */
  stepFeeds(): Record<string, Tensor> {
    return Object.fromEntries(this.tensors);
  }

  /** Inputs for other runs. */
  feeds(...names: readonly ChangingName[]): Record<string, Tensor> {
    return Object.fromEntries([...this.tensors].filter(([name]) => names.some((each) => each === name)));
  }

  /** Goes on with what a step made of the vectors. */
  advance(results: InferenceSession.ReturnType): void {
    for (const name of this.tensors.keys()) {
      const successor = results[successorOf[name]];
      if (!successor) throw new Error(`The engine gave no new ${name}.`);
      this.replace(name, successor);
    }
  }

  /** Replaces some of the vectors. */
  write(vectors: Partial<StateVectors>): void {
    for (const [name, values] of Object.entries(vectors) as [StateName, Float32Array][]) {
      if (values.length > 0) this.replace(name, new this.runtime.Tensor('float32', values, [values.length]));
    }
  }

  /** The values, which may be those of the tensors themselves: not to be changed. */
  async read(): Promise<Pick<StateVectors, ChangingName>> {
    const onCpu = await this.onCpu();
    const values = (name: ChangingName) => (onCpu[name]?.data ?? new Float32Array()) as Float32Array;
    return {
      parameters: values('parameters'),
      momenta: values('momenta'),
      statistics: values('statistics'),
      importance: values('importance'),
    };
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) release(tensor);
    this.tensors.clear();
  }

  private async onCpu(): Promise<Record<string, Tensor>> {
    const tensors = this.feeds(...changingNames);
    if (!this.copies || Object.values(tensors).every(({ location }) => location === 'cpu')) return tensors;
    const copies = await this.copies.run(tensors);
    return Object.fromEntries(Object.keys(tensors).map((name) => [name, copies[successorOf[name as ChangingName]]!]));
  }

  private replace(name: StateName, tensor: Tensor): void {
    const old = this.tensors.get(name);
    if (old) release(old);
    this.tensors.set(name, tensor);
  }
}

/** Buffers of the GPU are not freed with the objects that stand for them. */
function release(tensor: Tensor): void {
  if (tensor.location === 'gpu-buffer') tensor.dispose();
}

/** Names of the step's outputs that take the place of the vectors. */
export function successors(layouts: Layouts): string[] {
  return [...filledNames(layouts), 'trained' as const].map((name) => successorOf[name]);
}

/** A model whose outputs are copies of the vectors that change. */
export function copyingModel(layouts: Layouts): Uint8Array {
  const model = new ModelBuilder();
  for (const name of filledNames(layouts)) {
    const extents = [sizeOf(name, layouts)];
    model.output(successorOf[name], model.input(name, extents), extents);
  }
  return model.toBytes();
}

function filledNames(layouts: Layouts): ChangingName[] {
  return changingNames.filter((name) => sizeOf(name, layouts) > 0);
}

function sizeOf(name: ChangingName, layouts: Layouts): number {
  return layouts[name === 'momenta' ? 'parameters' : name].size;
}
