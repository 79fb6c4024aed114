import * as z from 'zod';
import { most } from './fields';
import type { Margins } from './graphOps';
import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

/** Rows and columns of zeros around the image, for paddings that are not the same on all sides. */
export interface PadLayer extends LayerBase {
  readonly kind: 'pad';
  readonly margins: Margins;
}

export function pad(name: string, from: string, margins: Margins): PadLayer {
  return { kind: 'pad', name, inputs: [from], margins };
}

const margin = z.int().min(0).max(most.kernel);

export const padKind: LayerKind<PadLayer> = {
  // As the shape of an input layer, made when a file is read.
  fields: { margins: z.lazy(() => z.object({ top: margin, left: margin, bottom: margin, right: margin })) },
  shape: (layer, inputs) => {
    const { channels, height, width } = only(layer, inputs);
    const { top, left, bottom, right } = layer.margins;
    return { channels, height: top + height + bottom, width: left + width + right };
  },
  channelFlow: only,
  constants: (layer, inputs) => only(layer, inputs).map((value) => (value === 0 ? 0 : null)),
  train: (context) => {
    const { layer, ops } = context;
    return {
      output: ops.padded(soleInput(context).input, layer.margins),
      backward: (gradient) => ({ inputs: [() => ops.cropped(gradient, layer.margins)] }),
    };
  },
};
