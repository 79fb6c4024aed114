import type { ReadNode } from '../../../formats/onnx/readModel';

/** Why an operator that has no layer here cannot be had, and what can be done. */
const families: readonly { readonly operators: RegExp; readonly reason: string }[] = [
  {
    operators: /^(?:If|Loop|Scan|SequenceMap)$/,
    reason: 'The network decides while it runs what it computes; export it without conditions and loops.',
  },
  {
    operators: /^(?:Q[A-Z]\w+|DequantizeLinear|QuantizeLinear|DynamicQuantizeLinear|\w+Integer)$/,
    reason:
      'The network is quantised; export the one in floating point that it was made of, and quantise after pruning.',
  },
  {
    operators: /^(?:RNN|LSTM|GRU)$/,
    reason: 'It is a recurrent layer; only networks of convolutions can be pruned here.',
  },
  {
    operators: /^(?:LayerNormalization|GroupNormalization|InstanceNormalization|LpNormalization|LRN|RMSNormalization)$/,
    reason: 'Of normalisations only batch normalisation can be trained here.',
  },
  {
    operators: /^(?:Attention|MultiHeadAttention|Einsum)$/,
    reason: 'Attention has no layer here; only networks of convolutions can be pruned.',
  },
  {
    operators: /^(?:ConvTranspose|Upsample|Resize|DepthToSpace)$/,
    reason:
      'It makes images larger, as networks do that draw images; only ones that choose a class can be trained here.',
  },
  {
    operators: /^(?:Split|Expand|Tile|ScatterND|GatherND|GatherElements)$/,
    reason: 'It takes activations apart or repeats them, which no layer here does.',
  },
];

export function refusalOf({ operator, domain, attributes }: ReadNode): string {
  const own = families.find(({ operators }) => operators.test(operator));
  if (own) return own.reason;
  if ([...attributes.values()].some(({ kind }) => kind === 'graph')) return families[0]!.reason;
  if (domain !== '')
    return `It is an operator of "${domain.slice(0, 60)}", not one of ONNX; export the network without optimisations for a runtime.`;
  return 'There is no layer for it here.';
}
