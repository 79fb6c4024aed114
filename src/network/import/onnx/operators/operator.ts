import type { NodeReader } from '../nodes/nodeReader';

/**
 * Makes of a node what stands for it here: adds layers, and says what its outputs are. Throws an Unsupported where that cannot be.
 */
export type Operator = (node: NodeReader) => void;

export type Operators = Readonly<Record<string, Operator>>;
