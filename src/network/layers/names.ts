/** What PyTorch calls the tensors of a layer; the only place where these names are made. */

/** Filters of a convolution, scale of a batch norm, matrix of a linear layer. */
export function weightName(layer: string): string {
  return `${layer}.weight`;
}

/** Shift of a batch norm, bias of a linear layer. */
export function biasName(layer: string): string {
  return `${layer}.bias`;
}

export function runningMeanName(layer: string): string {
  return `${layer}.running_mean`;
}

export function runningVarianceName(layer: string): string {
  return `${layer}.running_var`;
}

/** Constants of the channels that a `channelScatter` adds; a name of ours, as PyTorch has no such layer. */
export function fillName(layer: string): string {
  return `${layer}.fill`;
}
