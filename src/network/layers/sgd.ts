/** SGD as PyTorch does it: decay is added to the gradient, m = momentum * m + g, w -= rate * (nesterov ? g + momentum * m : m). */
export interface SgdOptions {
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Applied to all parameters, batch norm and biases included. */
  readonly weightDecay: number;
}
