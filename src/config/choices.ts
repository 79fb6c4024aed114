/** The names that a config may use; apart from the schema, so that a command line knows them without loading it. */

export const architectures = [
  'resnet20',
  'resnet32',
  'resnet44',
  'resnet56',
  'resnet110',
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'resnet152',
  'vgg16',
  'mobilenetv1',
  'mobilenetv2',
] as const;
export const datasets = ['cifar10', 'cifar100', 'mnist', 'fashion-mnist'] as const;
export const criteria = ['l1', 'l2', 'fpgm', 'bn-scale', 'taylor', 'random'] as const;
export const schedules = ['soft', 'hard', 'asymptotic', 'one-shot'] as const;
export const groupings = ['independent', 'coupled'] as const;
export const allocations = ['uniform', 'global'] as const;
export const batchNormPolicies = ['keep', 'zero'] as const;
export const engineNames = ['auto', 'tensorflow', 'onnxruntime'] as const;
export const devices = ['auto', 'cpu', 'gpu'] as const;

/** Sides that pictures of `data.folder` may be brought to, in pixels. */
export const pictureSides = { least: 8, most: 1024 } as const;

/** More classes than any data set has; a network has a row of weights for each. */
export const mostClasses = 10_000;

/** The value of `training.initialWeights` that starts a network anew that comes with weights. */
export const randomWeights = 'random';
