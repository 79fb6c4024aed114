import { describe, expect, it } from 'vitest';
import type { BatchResult, CompiledNetwork, CompileOptions, Importance, ParameterSets } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import type { LayerGraph } from '../../src/network/graph';
import { fillName } from '../../src/network/layers/names';
import type { NetworkState } from '../../src/network/state';
import { dense, detoured, gated, residual } from './anyWidthNetworks';
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

function startOf(graph: LayerGraph): NetworkState {
  const state = randomState(graph);
  const scatter = state.statistics.get(fillName('scatter'));
  if (!scatter) return state;
  const data = scatter.data.map((_, channel) => fill[channel % fill.length]!);
  return { ...state, statistics: new Map(state.statistics).set(fillName('scatter'), { ...scatter, data }) };
}

/** In `residual` and `gated` of filters, in `dense` of a batch norm behind a concatenation. */
const sets = new Map([
  ['stem', ['stem.weight', 'stem.bn.weight', 'stem.bn.bias']],
  ['last', ['last.weight']],
  ['grown', ['third.bn1.weight', 'third.bn1.bias']],
  ['excitation', ['expanded.weight', 'expanded.bias']],
  ['units', ['classifier.weight', 'classifier.bias']],
]);
const options: CompileOptions = {
  batchSize,
  optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-3 },
};

function importanceOf({ parameters }: NetworkState): ParameterSets {
  return new Map([...sets].filter(([, names]) => names.every((name) => parameters.has(name))));
}

interface Course {
  readonly results: readonly BatchResult[];
  readonly state: NetworkState;
  readonly logits: Float32Array;
  readonly importance: Importance;
}

async function trained(convolutions: 'blocked' | 'plain', graph: LayerGraph, held: readonly string[]): Promise<Course> {
  const engine = await onnxruntimeEngine({ threads: 1, convolutions });
  const start = startOf(graph);
  const compiled = await engine.compile(graph, { ...options, importanceOf: importanceOf(start) });
  expect(compiled.operators).toMatch(convolutions === 'blocked' ? /^Blocked/ : /^Plain/);
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

const networks = [residual, gated, dense, detoured];

describe.skipIf(!kinds.includes('blocked')).each(widths)('in blocked convolutions of %i filters', (width) => {
  const cases = networks.flatMap((networkOf) => {
    const graph = networkOf(width);
    const rows = ['stem.weight', 'stem.bn.weight', 'stem.bn.bias', 'last.weight', 'third.bn1.weight', 'third.bn1.bias'];
    const { parameters } = startOf(graph);
    const held = rows.filter((name) => parameters.has(name));
    return [
      { name: graph.name, graph, title: '', held: [] },
      { name: graph.name, graph, title: ' with rows that are held', held },
    ];
  });

  it.each(cases)('the $name network trains as in plain ones$title', async ({ graph, held }) => {
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
    const graph = residual(width);
    const { state } = await trained('blocked', graph, []);
    expect(state.statistics.get(fillName('scatter'))).toEqual(startOf(graph).statistics.get(fillName('scatter')));
  });
});

it.skipIf(!kinds.includes('blocked')).each([gated(10), dense(10), detoured(10)])(
  'the $name network trains to the same bits when it is compiled anew',
  async (graph) => {
    expect(await trained('blocked', graph, [])).toEqual(await trained('blocked', graph, []));
  },
);
