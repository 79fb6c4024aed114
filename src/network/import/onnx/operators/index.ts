import { activations } from './activations';
import { convolutions } from './convolutions';
import { elementwise } from './elementwise';
import { integers } from './integers';
import { joining } from './joining';
import { linearLayers } from './linearLayers';
import { normalization } from './normalization';
import type { Operator } from './operator';
import { padding } from './padding';
import { passing } from './passing';
import { pooling } from './pooling';
import { reshaping } from './reshaping';

/** Every operator of ONNX that can be had, by its name. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    activations,
    convolutions,
    elementwise,
    integers,
    joining,
    linearLayers,
    normalization,
    padding,
    passing,
    pooling,
    reshaping,
  ].flatMap((family) => Object.entries(family)),
);
