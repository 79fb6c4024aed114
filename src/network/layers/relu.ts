import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

export interface ReluLayer extends LayerBase {
  readonly kind: 'relu';
}

export function relu(name: string, from: string): ReluLayer {
  return { kind: 'relu', name, inputs: [from] };
}

export const reluKind: LayerKind<ReluLayer> = {
  fields: {},
  shape: only,
  channelFlow: only,
  constants: (layer, inputs) => only(layer, inputs).map((value) => (value === null ? null : Math.max(0, value))),
  train: (context) => {
    const { ops } = context;
    const output = ops.relu(soleInput(context).input);
    return { output, backward: (gradient) => ({ inputs: [() => ops.reluGradient(gradient, output)] }) };
  },
};
