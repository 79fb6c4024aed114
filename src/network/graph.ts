import type { Layer } from './layers';

export type * from './layers';
export type { Shape } from './layers/shape';

/** Layers in an order in which every layer comes after its inputs; the last one computes the logits. */
export interface LayerGraph {
  /** For people: `resnet20`. */
  readonly name: string;
  readonly layers: readonly Layer[];
}
