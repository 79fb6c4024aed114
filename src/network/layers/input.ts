import * as z from 'zod';
import { fixedChannels } from './channelFlow';
import { channels, extent } from './fields';
import type { LayerBase, LayerKind } from './layerKind';
import type { Shape } from './shape';

/** The images. */
export interface InputLayer extends LayerBase {
  readonly kind: 'input';
  readonly shape: Shape;
}

export function input(name: string, shape: Shape): InputLayer {
  return { kind: 'input', name, inputs: [], shape };
}

export const inputKind: LayerKind<InputLayer> = {
  // Made when a file is read: a page that knows the kinds of layers may not compile validators.
  fields: { shape: z.lazy(() => z.object({ channels, height: extent, width: extent })) },
  shape: ({ shape }) => shape,
  channelFlow: ({ shape }) => fixedChannels(shape.channels),
  constants: ({ shape }) => Array.from({ length: shape.channels }, () => null),
  train: ({ layer }) => {
    throw new Error(`"${layer.name}" is the images: there is nothing to compute.`);
  },
};
