import type { ReadModel } from '../../../formats/onnx/readModel';

/** The line that keeps batch norms, dropout and all names in a file. */
const unfoldedExport =
  'torch.onnx.export(model, images, "net.onnx", dynamo=False, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)';

/** What PyTorch's exporters call the biases that folding makes; others' tell nothing where there is a batch norm at all. */
const madeByFolding = /^onnx::|\.weight_bias$/;

/**
 * What to say of a network whose convolutions have taken batch norms in. A bias under PyTorch's own name was there before.
 */
export function foldedBatchNorms({ nodes }: ReadModel): string[] {
  const biases = nodes.filter(({ operator }) => operator === 'Conv').map(({ inputs }) => inputs[2] ?? '');
  const hasBatchNorms = nodes.some(({ operator }) => operator === 'BatchNormalization');
  const folded = biases.filter((name) => {
    return name !== '' && (madeByFolding.test(name) || (!hasBatchNorms && !name.endsWith('.bias')));
  });
  if (folded.length === 0) return [];
  return [
    `The batch norms behind ${folded.length === 1 ? 'a convolution are folded into it' : `${folded.length} convolutions are folded into them`}, as exporters do by default. ` +
      'Either prune it as it is, gently: low learning rates and few filters at a time, because nothing keeps the sizes of ' +
      `activations in bounds; or export it again with its batch norms: ${unfoldedExport}`,
  ];
}
