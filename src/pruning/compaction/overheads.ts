import type { Scatter } from './compactGraph';
import type { ExtraReason, Plan } from './plan';

/** Something that the compact network has beyond what is live in the masked one, and that costs time. */
export type Overhead =
  | { readonly kind: 'filters'; readonly layer: string; readonly count: number; readonly reason: ExtraReason }
  /** A copy of the activations before the sum or product `sum`, which has `to` channels where the input has `from`. */
  | {
      readonly kind: 'scatter';
      readonly layer: string;
      readonly sum: string;
      readonly from: number;
      readonly to: number;
    };

/** The overheads of a plan and its scatters: filters first, each in the order of the network. */
export function overheadsOf({ extras }: Plan, scatters: readonly Scatter[]): Overhead[] {
  const filters = [...extras].flatMap(([layer, ofLayer]) =>
    (['border', 'last', 'whole', 'output'] as const).flatMap((reason): Overhead[] => {
      const count = ofLayer.filter((extra) => extra.reason === reason).length;
      return count === 0 ? [] : [{ kind: 'filters', layer, count, reason }];
    }),
  );
  const gathers = scatters.map(({ layer: { name, positions, channels }, sum }): Overhead => {
    return { kind: 'scatter', layer: name, sum, from: positions.length, to: channels };
  });
  return [...filters, ...gathers];
}

/** `border correction: 1 more filter in stage1.block1.conv1`. */
export function overheadInWords(overhead: Overhead): string {
  if (overhead.kind === 'scatter')
    return `gather at a shortcut: ${overhead.from} channels spread over ${overhead.to} before ${overhead.sum}`;
  const { count, layer } = overhead;
  const more = `${count} more ${count === 1 ? 'filter' : 'filters'} in ${layer}`;
  switch (overhead.reason) {
    case 'border':
      return `border correction: ${more}`;
    case 'last':
      return `a layer needs a filter: ${more}`;
    case 'whole':
      return `a layer with groups needs all channels: ${more}`;
    case 'output':
      return `part of the network's output: ${more}`;
  }
}
