import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Layouts } from '../variableLayout';
import { ModelBuilder } from '../../formats/onnx/modelBuilder';
import type { Runtime } from './runtime';

const stateNames = ['parameters', 'momenta', 'statistics'] as const;
type StateName = (typeof stateNames)[number];
type StateVectors = Readonly<Record<StateName, Float32Array>>;

/** Name of the step's output that takes the place of an input of its. */
const successorOf: Readonly<Record<StateName, string>> = {
  parameters: 'newParameters',
  momenta: 'newMomenta',
  statistics: 'newStatistics',
};

/**
 * The three flat vectors that training changes, as tensors that stay where the step leaves them: with WebGPU in buffers of the GPU.
 * onnxruntime-node has no call to read such a buffer, so a `copies` session hands it from the GPU to the CPU.
 */
export class FlatState {
  private readonly tensors = new Map<StateName, Tensor>();

  constructor(
    private readonly runtime: Runtime,
    layouts: Layouts,
    private readonly copies: InferenceSession | null,
  ) {
    const zeros = (name: StateName) => new Float32Array(sizeOf(name, layouts));
    this.write({ parameters: zeros('parameters'), momenta: zeros('momenta'), statistics: zeros('statistics') });
  }

  /** Inputs for a run. A network without batch norm has no statistics, as an input of no values cannot be declared. */
  feeds(...names: readonly StateName[]): Record<string, Tensor> {
    return Object.fromEntries([...this.tensors].filter(([name]) => names.includes(name)));
  }

  /** Goes on with what a step made of the vectors. */
  advance(results: InferenceSession.ReturnType): void {
    for (const name of this.tensors.keys()) {
      const successor = results[successorOf[name]];
      if (!successor) throw new Error(`The engine gave no new ${name}.`);
      this.replace(name, successor);
    }
  }

  write(vectors: StateVectors): void {
    for (const name of stateNames) {
      const values = vectors[name];
      if (values.length > 0) this.replace(name, new this.runtime.Tensor('float32', values, [values.length]));
    }
  }

  /** The values, which may be those of the tensors themselves: not to be changed. */
  async read(): Promise<StateVectors> {
    const onCpu = await this.onCpu();
    const values = (name: StateName) => (onCpu[name]?.data ?? new Float32Array()) as Float32Array;
    return { parameters: values('parameters'), momenta: values('momenta'), statistics: values('statistics') };
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) release(tensor);
    this.tensors.clear();
  }

  private async onCpu(): Promise<Record<string, Tensor>> {
    const tensors = this.feeds(...stateNames);
    if (!this.copies || Object.values(tensors).every(({ location }) => location === 'cpu')) return tensors;
    const copies = await this.copies.run(tensors);
    return Object.fromEntries([...this.tensors.keys()].map((name) => [name, copies[successorOf[name]]!]));
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
  return filledNames(layouts).map((name) => successorOf[name]);
}

/** A model whose outputs are copies of the vectors. */
export function copyingModel(layouts: Layouts): Uint8Array {
  const model = new ModelBuilder();
  for (const name of filledNames(layouts)) {
    const extents = [sizeOf(name, layouts)];
    model.output(successorOf[name], model.input(name, extents), extents);
  }
  return model.toBytes();
}

function filledNames(layouts: Layouts): StateName[] {
  return stateNames.filter((name) => sizeOf(name, layouts) > 0);
}

function sizeOf(name: StateName, { parameters, statistics }: Layouts): number {
  return name === 'statistics' ? statistics.size : parameters.size;
}
