import type { Layer } from '../../src/network/graph';
import { shapeInWords } from '../../src/network/layers/shape';
import type { OutlineNode } from '../../src/network/outline';
import type { Companion } from '../../src/pruning/layerCouplings';
import type { MaskedCount } from '../../src/pruning/savings';
import { firstFew, listed } from '../components/movingTogether';
import { compact, percent } from '../components/numbers';
import { savedOf } from './saving';
import { sentenceCase } from '../../src/runs/model/sentenceCase';

type Conv = Extract<Layer, { readonly kind: 'conv' }>;

/** `3x3, 16 → 10 of 16`: the kernel, the channels that are read, the filters that are left. */
export function shapeOf(conv: Conv, count: MaskedCount): string {
  const { filters, keptFilters, leftInputs } = count;
  const kept = keptFilters < filters ? `${keptFilters} of ${filters}` : String(filters);
  const size = conv.kernel.join('x');
  if (isDepthwise(conv, count)) return `${size} dw, ${kept}`;
  return `${size}${conv.groups > 1 ? ` g${conv.groups}` : ''}, ${leftInputs} → ${kept}`;
}

/** The same kernel in words, with what has no room in a node. */
function kernelOf(conv: Conv, count: MaskedCount): string {
  const { kernel, stride, groups } = conv;
  const size = `${kernel.join('x')}, stride ${stride}`;
  if (isDepthwise(conv, count)) return `Depthwise convolution ${size}`;
  return `Convolution ${size}${groups > 1 ? `, ${groups} groups` : ''}`;
}

function isDepthwise({ groups }: Conv, { inputs }: MaskedCount): boolean {
  return groups > 1 && groups === inputs;
}

/** What a node without filters does, in a word or two. */
export function wordsOf(layer: Layer): string {
  if (layer.kind === 'input') return `input ${shapeInWords(layer.shape)}`;
  if (layer.kind === 'linear') return `linear, ${layer.units} outputs`;
  const words = kindWords(layer.kind);
  return layer.kind === 'maxPool' || layer.kind === 'averagePool' ? `${words} ${layer.kernel.join('x')}` : words;
}

/** `globalAveragePool` as `global average pool`. */
function kindWords(kind: Layer['kind']): string {
  return kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export interface Told {
  readonly node: OutlineNode;
  /** Of convolutions. */
  readonly count: MaskedCount | undefined;
  /** Whether masks are known, so that something can be said of what is saved. */
  readonly isPruned: boolean;
  /** Whether the Layers view has it. */
  readonly isListed: boolean;
}

/** All that there is to say of a node, a line each; the first names it. */
export function tipOf({ node, count, isPruned, isListed }: Told): string {
  const { main, layers } = node;
  const others = layers.filter((layer) => layer !== main).map(({ kind }) => kindWords(kind));
  const together = others.length > 0 ? `, with ${others.join(', ')}` : '';
  if (main.kind !== 'conv' || !count) return `${main.name}\n${sentenceCase(wordsOf(main))}${together}`;
  const { filters, keptFilters, inputs, leftInputs, dense, exact } = count;
  return [
    main.name,
    `${kernelOf(main, count)}${together}`,
    `${keptFilters} of ${filters} filters kept, ${leftInputs} of ${inputs} channels read`,
    isPruned
      ? `${percent(savedOf([count]))} of its FLOPs saved: ${compact(exact)} of ${compact(dense)} are left`
      : `${compact(dense)} FLOPs`,
    ...(isListed ? ['Click for its filters in the Layers view'] : isPruned ? ['Has no filters that are pruned'] : []),
  ].join('\n');
}

/** With which layers one moves together, the first few of them; empty where it moves alone. */
export function togetherTip({ kind }: Layer, companions: readonly Companion[], isCoupled: boolean): string {
  const names = companions.filter(({ part }) => part !== 'joins').map(({ layer }) => layer);
  if (names.length === 0) return '';
  const { few, more } = firstFew(names);
  const words = kind !== 'conv' ? 'Joins' : isCoupled ? 'Moves together with' : 'Joined with';
  return `${words} ${listed(few, more).join('')}`;
}
