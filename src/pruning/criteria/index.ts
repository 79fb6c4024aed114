import { batchNormScale } from './batchNormScale';
import type { Criterion } from './criterion';
import { fpgm } from './fpgm';
import { l1, l2 } from './norms';
import { random } from './random';
import { taylor } from './taylor';

export type { Criterion, LayerEvidence } from './criterion';

/** Every criterion by its id; one that comes is a file beside this one, a line here and a name in the config's choices. */
export const criteria = { l1, l2, fpgm, 'bn-scale': batchNormScale, taylor, random } as const satisfies Readonly<
  Record<string, Criterion>
>;

export type CriterionId = keyof typeof criteria;
