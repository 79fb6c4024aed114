/** Two short runs on a few real CIFAR-10 images: seconds, not minutes. */
export const shortExperiment = `{
  // A trial: a few images, a few epochs.
  "name": "trial",
  "model": { "arch": "resnet20" },
  "data": { "dataset": "cifar10", "limit": 192, "validation": 64 },
  "training": { "epochs": 3, "batchSize": 64, "learningRateSchedule": [{ "epoch": 0, "learningRate": 0.05 }] },
  "pruning": { "rate": 0.3 }, "engine": { "name": "onnxruntime" },
  "sweep": { "pruning.criterion": ["l1", "l2"] }
}
`;

/** Goes on until it is stopped. */
export const longRun = `{
  "name": "long",
  "data": { "dataset": "cifar10", "limit": 192, "validation": 64 },
  "training": { "epochs": 10000, "batchSize": 64, "learningRateSchedule": [{ "epoch": 0, "learningRate": 0.01 }] },
  "engine": { "name": "onnxruntime" }
}
`;

export const brokenConfig = `{
  "name": "broken",
  "model": { "arch": "resnet20" },
  "pruning": { "rate": 1.2 },
  "trainning": { "epochs": 3 }
}
`;

/** Long enough that it is asked whether it shall settle. */
export const sixEpochs = `{
  "name": "ship",
  "data": { "dataset": "cifar10", "limit": 128, "validation": 64 },
  "training": {
    // A trial of six epochs.
    "epochs": 6,
    "batchSize": 64,
    "learningRateSchedule": [{ "epoch": 0, "learningRate": 0.05 }]
  },
  "model": { "arch": "resnet20" },
  "pruning": { "rate": 0.3, "groups": "coupled", "batchNorm": "zero" },
  "engine": { "name": "onnxruntime" }
}
`;
