import type { TensorMap } from '../../../formats/tensor';
import type { LayerGraph } from '../../graph';

/** What keeps a network of another tool from being trained here, and where in it. */
export interface ImportProblem {
  /** The file's own name of what it is about; empty for the network as a whole. */
  readonly node: string;
  /** What the node computes, as the file calls it; empty for the network as a whole. */
  readonly operator: string;
  /** A sentence. */
  readonly reason: string;
}

/** A network that was read from another tool's file. */
export interface ImportedNetwork {
  /** Null where there are problems. */
  readonly graph: LayerGraph | null;
  /** Parameters and running statistics, by PyTorch's names and in its layouts. */
  readonly tensors: TensorMap;
  /** What there is to know of it, a sentence each. */
  readonly notes: readonly string[];
  /** Why it cannot be taken, each reason once; at most `mostProblems`. */
  readonly problems: readonly ImportProblem[];
}

/** Nobody reads more of them. */
export const mostProblems = 100;

/** A sentence for people. */
export function problemInWords({ node, operator, reason }: ImportProblem): string {
  if (operator === '') return reason;
  return node === '' ? `${operator}: ${reason}` : `${operator} "${node}": ${reason}`;
}

/** Why a node of a network cannot be had, in a sentence: what `ImportProblem.reason` is made of. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
