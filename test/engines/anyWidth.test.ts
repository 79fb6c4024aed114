import { describe, expect, it } from 'vitest';
import type { BatchResult, CompiledNetwork, CompileOptions, Importance } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import type { LayerGraph } from '../../src/network/graph';
import {
  add,
  batchNorm,
  channelScatter,
  conv,
  globalAveragePool,
  input,
  linear,
  relu,
  subsamplePad,
} from '../../src/network/layers';
import { fillName } from '../../src/network/layers/names';
import type { NetworkState } from '../../src/network/state';
import { convolutionKinds } from './convolutionKinds';
import { relativeDifference } from './pytorchTrajectory';
import { batchSize, randomBatches, randomState } from './randomTraining';

/**
 * Blocked convolutions fill channels up to whole blocks: networks of any width train as with plain convolutions, which know no
 * blocks, and nothing of what fills up is seen from outside.
 */

const widths = [1, 5, 10, 16, 17, 39];
const learningRate = 0.02;
const fill = Float32Array.of(0.7, -0.4, 1.5);

/** Every kind of layer; what a shortcut appends lies where its input is filled up, and is read without a relu before. */
function networkOf(width: number): LayerGraph {
  return {
    name: `width ${width}`,
    layers: [
      input('input', { channels: 3, height: 8, width: 8 }),
      conv('stem', 'input', width),
      batchNorm('stem.bn', 'stem'),
      relu('stem.relu', 'stem.bn'),
      conv('wide', 'stem.relu', width + 2, { stride: 2 }),
      batchNorm('wide.bn', 'wide'),
      subsamplePad('shortcut', 'stem', 2, 2),
      conv('narrow', 'shortcut', width),
      batchNorm('narrow.bn', 'narrow'),
      channelScatter('scatter', 'narrow.bn', width + 2, spreadPositions(width)),
      add('shortcuts', 'shortcut', 'scatter'),
      add('sum', 'wide.bn', 'shortcuts'),
      relu('relu', 'sum'),
      conv('last', 'relu', 2 * width + 1),
      relu('last.relu', 'last'),
      globalAveragePool('pool', 'last.relu'),
      linear('classifier', 'pool', 4),
    ],
  };
}

/** All but the first and the last of `width + 2` channels, the last of them first. */
function spreadPositions(width: number): number[] {
  return Array.from({ length: width }, (_, index) => width - index);
}

function startOf(graph: LayerGraph): NetworkState {
  const state = randomState(graph);
  const scatter = state.statistics.get(fillName('scatter'))!;
  const data = scatter.data.map((_, channel) => fill[channel % fill.length]!);
  return { ...state, statistics: new Map(state.statistics).set(fillName('scatter'), { ...scatter, data }) };
}

const importanceOf = new Map([
  ['stem', ['stem.weight', 'stem.bn.weight', 'stem.bn.bias']],
  ['last', ['last.weight']],
  ['units', ['classifier.weight', 'classifier.bias']],
]);
const options: CompileOptions = {
  batchSize,
  optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-3 },
  importanceOf,
};

interface Course {
  readonly results: readonly BatchResult[];
  readonly state: NetworkState;
  readonly logits: Float32Array;
  readonly importance: Importance;
}

async function trained(convolutions: 'blocked' | 'plain', graph: LayerGraph, held: readonly string[]): Promise<Course> {
  const engine = await onnxruntimeEngine({ threads: 1, convolutions });
  const compiled = await engine.compile(graph, options);
  const start = startOf(graph);
  await compiled.writeState(start);
  expect(await compiled.readState()).toEqual(start);
  await compiled.hold(heldRows(start, held));
  const [evaluation, ...batches] = randomBatches(graph, 9);
  const results = await train(compiled, batches);
  const course = {
    results,
    state: await compiled.readState(),
    logits: await compiled.predict({ ...evaluation!, count: 5 }),
    importance: await compiled.readImportance(),
  };
  await compiled.dispose();
  return course;
}

function heldRows({ parameters }: NetworkState, names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const rows = (name: string) => parameters.get(name)!.shape[0]!;
  return new Map(
    names.map((name) => [name, Uint8Array.from({ length: rows(name) }, (_, row) => (row % 3 === 1 ? 0 : 1))]),
  );
}

async function train(compiled: CompiledNetwork, batches: ReturnType<typeof randomBatches>): Promise<BatchResult[]> {
  const results = [];
  for (const batch of batches) results.push(await compiled.step(batch, learningRate));
  return results;
}

const kinds = await convolutionKinds();

describe.skipIf(!kinds.includes('blocked')).each(widths)(
  'a network %i filters wide in blocked convolutions',
  (width) => {
    const graph = networkOf(width);

    it.each([
      ['trains as in plain ones', []],
      [
        'trains as in plain ones with rows that are held',
        ['stem.weight', 'stem.bn.weight', 'stem.bn.bias', 'last.weight'],
      ],
    ])('%s', async (_title, held) => {
      const [blocked, plain] = [await trained('blocked', graph, held), await trained('plain', graph, held)];
      const losses = (course: Course) => course.results.map(({ loss }) => loss);
      expect(relativeDifference(losses(blocked), losses(plain))).toBeLessThan(1e-5);
      expect(relativeDifference(blocked.logits, plain.logits)).toBeLessThan(1e-4);
      for (const group of ['parameters', 'momenta', 'statistics'] as const)
        for (const [name, { shape, data }] of plain.state[group]) {
          const reached = blocked.state[group].get(name)!;
          expect(reached.shape).toEqual(shape);
          expect(relativeDifference(reached.data, data), `${group} of ${name}`).toBeLessThan(1e-3);
        }
      for (const [set, rows] of plain.importance.rows) {
        // Behind a batch norm the sum over a filter's own weights is rounding, and there the plain sum is no better.
        expect(relativeDifference(blocked.importance.rows.get(set)!, rows), `importance of ${set}`).toBeLessThan(1e-3);
      }
    });

    it('leaves the constants of a scatter as they are', async () => {
      const { state } = await trained('blocked', graph, []);
      expect(state.statistics.get(fillName('scatter'))).toEqual(startOf(graph).statistics.get(fillName('scatter')));
    });
  },
);
