import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { tensorflowEngine } from '../../src/engines/tensorflow';
import type { Layer, LayerGraph } from '../../src/network/graph';
import {
  add,
  concat,
  conv,
  globalAveragePool,
  hardSwish,
  linear,
  multiply,
  pad,
  relu,
  sigmoid,
} from '../../src/network/layers';
import type { NetworkState, TensorMap } from '../../src/network/state';
import { dense, gated } from './anyWidthNetworks';
import { convolutionKinds } from './convolutionKinds';
import { convolutionNetworks, course, expectAgreement, network, otherNetworks } from './layerAgreement';
import { relativeDifference } from './pytorchTrajectory';
import { randomState } from './randomTraining';
import { testedTensorflow } from './testedTensorflow';

const installation = await testedTensorflow();
const kinds = await convolutionKinds();
const networks = [...convolutionNetworks, ...otherNetworks].map((graph) => ({ name: graph.name, graph }));

describe.skipIf(!installation).each(['NHWC', 'NCHW'] as const)('TensorFlow in %s', (dataFormat) => {
  const open = (): Promise<Engine> => tensorflowEngine({ installation: installation!, threads: 1, dataFormat });

  it.each(networks)('computes as onnxruntime does, with $name', async ({ graph }) => {
    await expectAgreement(await open(), await onnxruntimeEngine({ threads: 1, convolutions: 'plain' }), graph);
  });

  it.skipIf(!kinds.includes('blocked')).each([gated(10), dense(10)])(
    'computes as blocked convolutions do, with the $name network',
    async (graph) => {
      await expectAgreement(await open(), await onnxruntimeEngine({ threads: 1, convolutions: 'blocked' }), graph);
    },
  );

  it('takes what linear layers give for images of one place', async () => {
    const engine = await open();
    const graph = withUnits((name, from, units) => linear(name, from, units));
    const same = withUnits((name, from, units) => conv(name, from, units, { size: 1, bias: true }));
    const state = randomState(graph);
    const [own, expected] = [await course(engine, graph, state), await course(engine, same, asFilters(state))];
    expect(relativeDifference(own.losses, expected.losses)).toBeLessThan(1e-5);
    expect(relativeDifference(own.logits, expected.logits)).toBeLessThan(1e-4);
  });
});

/** Squeeze and excitation, and other layers that read units together with images of one place. */
function withUnits(units: (name: string, from: string, count: number) => Layer): LayerGraph {
  return network(
    'units',
    6,
    globalAveragePool('squeezed', 'norm'),
    units('reduced', 'squeezed', 6),
    hardSwish('between', 'reduced'),
    add('sum', 'between', 'squeezed'),
    concat('joined', 'sum', 'squeezed', 'between'),
    units('expanded', 'joined', 6),
    sigmoid('factors', 'expanded'),
    multiply('excited', 'norm', 'factors'),
    globalAveragePool('pool', 'excited'),
    units('wide', 'pool', 9),
    relu('relu', 'wide'),
    pad('looked-at', 'relu', { top: 1, left: 0, bottom: 0, right: 1 }),
  );
}

/** The state with matrices of linear layers, but for the last one, as filters of one tap. */
function asFilters(state: NetworkState): NetworkState {
  const converted = (tensors: TensorMap): TensorMap =>
    new Map(
      [...tensors].map(([name, { shape, data }]) => {
        const isMatrix = shape.length === 2 && name !== 'classifier.weight';
        return [name, { shape: isMatrix ? [...shape, 1, 1] : shape, data }];
      }),
    );
  return { ...state, parameters: converted(state.parameters), momenta: converted(state.momenta) };
}
