/** Whether filters are pruned after `epoch` (from 0): after every `everyEpochs`-th, starting with epoch 0, and after the last. */
export function isPruningEpoch(epoch: number, epochs: number, everyEpochs: number): boolean {
  return epoch % everyEpochs === 0 || epoch === epochs - 1;
}
