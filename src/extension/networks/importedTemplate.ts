import type { FineTuningRecipe, Proposed } from '../../experiment/fineTuningRecipe';
import type { ProposedData } from '../../experiment/proposedData';

/** The text of a config that prunes the network of an ONNX file beside it, with a comment for every value that is proposed. */
export function importedTemplate(onnxFile: string, data: Proposed<ProposedData>, recipe: FineTuningRecipe): string {
  const { epochs, batchSize, learningRateSchedule, rate, settleEpochs, groups, batchNorm } = recipe;
  const steps = learningRateSchedule.value.map(
    ({ epoch, learningRate }) => `      { "epoch": ${epoch}, "learningRate": ${learningRate} }`,
  );
  return `{
  // The network, with the weights that training starts from. "sfp import" tells what can be pruned of it.
  "model": { "onnx": ${JSON.stringify(`./${onnxFile}`)} },

  // ${data.reason}
  "data": ${oneLine(data.value)},

  "training": {
    // ${epochs.reason}
    "epochs": ${epochs.value},
    // ${batchSize.reason}
    "batchSize": ${batchSize.value},
    // ${learningRateSchedule.reason}
    "learningRateSchedule": [
${steps.join(',\n')}
    ]
  },

  "pruning": {
${[
  ...setting('rate', rate),
  ...setting('settleEpochs', settleEpochs),
  ...setting('groups', groups),
  ...(batchNorm ? setting('batchNorm', batchNorm) : []),
].join('\n')}
    // Other rates for single layers go into "layers", by their names or patterns as "stage3.*".
    "layers": {}
  }
}
`;
}

function setting(name: string, { value, reason }: Proposed<number | string>): string[] {
  return [`    // ${reason}`, `    "${name}": ${JSON.stringify(value)},`];
}

function oneLine(object: ProposedData): string {
  const settings = Object.entries(object).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{ ${settings.join(', ')} }`;
}
