/** The text of a new experiment config: a short experiment, with comments that explain it. */
export function configTemplate(name: string): string {
  return `{
  // An experiment of SFP Lab. What is left out has the value of the paper's recipe; completion and hovers tell more.
  "name": ${JSON.stringify(name)},

  // The network that is trained and pruned.
  "model": { "arch": "resnet20" },

  // "limit" keeps a trial short; without it all 50,000 images are used.
  "data": { "dataset": "cifar10", "validation": 1000, "limit": 10000 },

  // A short recipe that ends with small learning rates.
  // The paper trains 200 epochs: leave "epochs" and "learningRateSchedule" out to do the same.
  "training": {
    "epochs": 8,
    "learningRateSchedule": [
      { "epoch": 0, "learningRate": 0.05 },
      { "epoch": 4, "learningRate": 0.01 },
      { "epoch": 6, "learningRate": 0.001 }
    ]
  },

  // The fraction of the filters of every layer that is pruned; they are set to zero and may come back.
  // In the last "settleEpochs" they stay zero, and the network learns to do without them; the paper has no such phase.
  "pruning": { "rate": 0.3, "settleEpochs": 3 },

  // Every combination of these is a run of its own.
  "sweep": { "pruning.criterion": ["l1", "l2"] }
}
`;
}
