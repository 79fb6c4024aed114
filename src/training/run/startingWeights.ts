import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../../base/errors';
import { exportedWeights } from '../../export/exportedWeights';
import { decodeSafetensors } from '../../formats/safetensors';
import { readWeightsFile } from '../../formats/weightsFile';
import type { LayerGraph } from '../../network/graph';
import { parameterSpecs, statisticSpecs } from '../../network/parameters';
import { areFinite } from '../../formats/tensor';
import type { NetworkState, Tensor, TensorMap } from '../../network/state';
import { listRuns } from '../../runs/folder/list';

/** Where a run's `training.initialWeights` are looked for. */
export interface WeightSources {
  readonly runFolder: string;
  /** Absolute path of the config; null when there was none. */
  readonly configFile: string | null;
}

/**
 * The state that training starts from when a config names weights: a safetensors file (by its path from the config), or the
 * best checkpoint of a run by its id or name. Momenta are zero. Throws a UserError when there is no such file or run, or when
 * its tensors are not those of the network or not all finite.
 */
export async function startingState(graph: LayerGraph, weights: string, sources: WeightSources): Promise<NetworkState> {
  const tensors = await (weights.endsWith('.safetensors') ? fromFile(weights, sources) : fromRun(weights, sources));
  return fittingState(graph, tensors, `training.initialWeights: "${weights}"`);
}

/**
 * A network's state from tensors by PyTorch's names; momenta are zero. `what` names them, for errors. Throws a UserError when
 * they are not those of the network or not all finite.
 */
export function fittingState(graph: LayerGraph, tensors: TensorMap, what: string): NetworkState {
  const parameters = fittingTensors(parameterSpecs(graph), tensors, what);
  return {
    parameters,
    momenta: new Map([...parameters].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }])),
    statistics: fittingTensors(statisticSpecs(graph), tensors, what),
  };
}

interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Those of the tensors that are specified. Throws a UserError as `fittingState` does. */
export function fittingTensors(specs: readonly TensorSpec[], tensors: TensorMap, what: string): TensorMap {
  return new Map(specs.map((spec) => [spec.name, fitting(spec, tensors, what)]));
}

async function fromFile(path: string, { configFile }: WeightSources): Promise<TensorMap> {
  const file = isAbsolute(path) || configFile === null ? resolve(path) : join(dirname(configFile), path);
  return decodeSafetensors(await readWeightsFile(file), file);
}

async function fromRun(name: string, { runFolder }: WeightSources): Promise<TensorMap> {
  const runs = await listRuns(dirname(runFolder));
  const fitting = runs.filter((run) => run.problem === null && (run.id === name || run.name === name));
  const [found, ...others] = fitting.filter(({ folder }) => folder !== runFolder);
  if (found === undefined)
    throw new UserError(
      `training.initialWeights is "${name}", but there is no such run beside this one; give a run by its id or name, or a file that ends with .safetensors.`,
    );
  if (others.length > 0)
    throw new UserError(
      `training.initialWeights is "${name}", which ${others.length + 1} runs are called: give the id of one, as in "${found.id}".`,
    );
  return (await exportedWeights(found.folder, 'best')).tensors;
}

function fitting({ name, shape }: TensorSpec, tensors: TensorMap, of: string): Tensor {
  const tensor = tensors.get(name);
  const problem = (what: string): UserError => new UserError(`${of} does not fit the network: ${what}.`);
  if (tensor === undefined) throw problem(`it has no "${name}"`);
  if (tensor.shape.join() !== shape.join())
    throw problem(`"${name}" has the shape [${tensor.shape.join(', ')}], the network's has [${shape.join(', ')}]`);
  if (!areFinite(tensor.data)) throw problem(`"${name}" has values that are not finite numbers`);
  return tensor;
}
