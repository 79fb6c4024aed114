import type { Tensor } from '../../network/state';
import { prunedRows } from '../../pruning/held';
import { zeroPruned } from '../../pruning/masks';
import type { Masks } from '../../pruning/select';
import type { DatasetCounts } from '../../data/split';
import type { Evaluation } from '../../runs/model/format';
import { evaluate } from '../../training/loop/evaluate';
import {
  engineOf,
  fetchDataset,
  openLoader,
  readyCounts,
  type PreparationOptions,
} from '../../training/run/preparation';
import type { SensitivityTask } from './task';

/** Weights on an engine, with the data to evaluate them on. */
export interface Probe {
  /** Name and device of the engine, for people. */
  readonly engine: string;
  /** How many images there are, without those that can't be decoded. */
  readonly counts: DatasetCounts;
  /** Evaluation on training images by their indices, with the filters that masks prune set to zero. */
  evaluate(masks: Masks, images: Uint32Array): Promise<Evaluation>;
  dispose(): Promise<void>;
}

/** Gets engine and data ready as training does. Throws a UserError where they do not go together. */
export async function openProbe(task: SensitivityTask, options: PreparationOptions): Promise<Probe> {
  const { config, graph, state, engineBefore } = task;
  const { batchSize, optimizer } = config.training;
  const { engine } = await engineOf(config, { graph, batchSize, optimizer }, { ...options, engineBefore });
  const dataset = await fetchDataset(task, options);
  options.signal.throwIfAborted();
  const network = await engine.compile(graph, { batchSize, optimizer });
  const loader = openLoader(dataset, dataset.training, batchSize, options);
  return {
    counts: readyCounts(task.dataset, dataset),
    engine: `${engine.description.name}, ${engine.description.device}`,
    evaluate: async (masks, images) => {
      const parameters = new Map([...state.parameters, ...prunedParameters(task, masks)]);
      await network.writeState({ ...state, parameters });
      return evaluate(network, loader.epoch(images), options.signal);
    },
    dispose: async () => {
      await Promise.all([loader.dispose(), network.dispose()]);
    },
  };
}

/** Copies of the parameters that masks change; those of the task are left as they are. */
function prunedParameters({ graph, config, state }: SensitivityTask, masks: Masks): [string, Tensor][] {
  return [...prunedRows(graph, masks, config.pruning.batchNorm)].map(([name, rows]) => {
    const { shape, data } = state.parameters.get(name)!;
    const pruned = { shape, data: data.slice() };
    zeroPruned(pruned, rows);
    return [name, pruned];
  });
}
