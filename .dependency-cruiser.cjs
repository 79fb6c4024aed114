/** The house rules of docs/architecture.md: who may import whom, row by row, type-only imports included. */

/** What is known of data sets without having them; a run is read without fetching anything. */
const knownDatasets = [
  'src/data/dataset.ts',
  'src/data/sets/datasetInfo.ts',
  'src/data/own/ownPath.ts',
  'src/config/dataName.ts',
];

const belowTraining = [
  'src/base/',
  'src/formats/',
  'src/network/',
  'src/pruning/',
  'src/config/',
  'src/data/',
  'src/experiment/',
  'src/engines/',
  'src/runs/',
  'src/export/',
  'src/layerTimes/',
  'src/latency/',
];

/** A room and the rooms below it that it may import; `src/x/` stands for all that is in it. */
const rooms = {
  'src/base/': [],
  'src/formats/': ['src/base/'],
  'src/download/': ['src/base/'],
  'src/network/': ['src/base/', 'src/formats/'],
  'src/pruning/': ['src/base/', 'src/formats/', 'src/network/'],
  'src/config/': ['src/base/', 'src/network/', 'src/pruning/'],
  'src/data/': ['src/base/', 'src/formats/', 'src/download/', 'src/network/', 'src/config/'],
  'src/experiment/': ['src/base/', 'src/network/', 'src/pruning/', 'src/config/', ...knownDatasets, 'src/data/own/'],
  'src/engines/tensorflow/install/': ['src/base/', 'src/download/', 'src/engines/'],
  'src/engines/': ['src/base/', 'src/formats/', 'src/network/'],
  'src/statistics/': [],
  'src/runs/model/': [
    'src/base/',
    'src/statistics/',
    'src/config/',
    'src/network/',
    'src/pruning/',
    'src/data/sets/datasetInfo.ts',
  ],
  'src/reports/': ['src/base/', 'src/statistics/', 'src/config/', 'src/runs/model/', 'src/data/sets/datasetInfo.ts'],
  'src/runs/': [
    'src/base/',
    'src/formats/',
    'src/network/',
    'src/pruning/',
    'src/config/',
    'src/experiment/',
    ...knownDatasets,
  ],
  'src/scheduling/slurm/': ['src/base/', 'src/config/', 'src/runs/'],
  'src/layerTimes/': ['src/base/', 'src/network/', 'src/pruning/'],
  'src/diagnosis/': ['src/base/', 'src/config/', 'src/data/', 'src/engines/', 'src/runs/'],
  'src/protocol/': ['src/network/', 'src/runs/model/'],
  'src/export/': [
    'src/base/',
    'src/formats/',
    'src/network/',
    'src/config/',
    'src/engines/',
    'src/runs/',
    ...knownDatasets,
  ],
  'src/latency/': [
    'src/base/',
    'src/formats/',
    'src/network/',
    'src/pruning/',
    'src/engines/',
    'src/layerTimes/',
    'src/export/',
  ],
  'src/scheduling/queue/': ['src/base/', 'src/config/', 'src/runs/'],
  'src/scheduling/queue/process/': [
    'src/base/',
    'src/network/',
    'src/config/',
    'src/experiment/',
    'src/runs/',
    'src/engines/',
    'src/scheduling/queue/',
    ...knownDatasets,
  ],
  'src/training/': belowTraining,
  'src/analysis/': [...belowTraining, 'src/training/'],
  'src/trainer.ts': [...belowTraining, 'src/training/', 'src/analysis/'],
  'src/queue.ts': ['src/base/', 'src/runs/', 'src/engines/', 'src/scheduling/queue/'],
  'src/measureEngine.ts': ['src/engines/'],
  'src/measureLatency.ts': ['src/engines/', 'src/latency/'],
};

const escaped = (path) => path.replaceAll('.', '\\.');
const anyOf = (paths) => `^(${paths.map(escaped).join('|')})`;
/** `src/engines/` is a room of its own beside the one inside it. */
const insideOf = (room) => Object.keys(rooms).filter((other) => other !== room && other.startsWith(room));

const roomRules = Object.entries(rooms).map(([room, below]) => {
  const inner = insideOf(room);
  return {
    name: `${room}-imports-what-is-below-it`,
    severity: 'error',
    from: { path: anyOf([room]), ...(inner.length > 0 && { pathNot: anyOf(inner) }) },
    to: {
      path: '^(src|webview)/',
      pathNot: anyOf([room, ...below]),
    },
  };
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-cycles-between-folders',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(src|webview)/' },
      to: { circular: true },
    },
    ...roomRules,
    {
      name: 'every-source-has-a-room',
      severity: 'error',
      from: { path: '^src/', pathNot: [anyOf(Object.keys(rooms)), '^src/(cli|extension)(/|\\.ts$)'] },
      to: {},
    },
    {
      name: 'cli-knows-no-view',
      severity: 'error',
      from: { path: '^src/cli' },
      to: { path: '^src/(extension|protocol)|^webview/' },
    },
    {
      name: 'only-the-extension-knows-vscode',
      severity: 'error',
      from: { pathNot: '^src/extension(/|\\.ts$)' },
      to: { path: '^vscode$' },
    },
    {
      name: 'only-engines-know-engine-libraries',
      severity: 'error',
      from: { pathNot: '^src/engines/' },
      to: { path: 'node_modules/(onnxruntime|@tensorflow)' },
    },
    {
      name: 'only-pictures-know-their-library',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/data/pictures/decodePicture\\.ts$' },
      to: { path: 'node_modules/sharp' },
    },
    {
      name: 'extension-trains-in-a-process-of-its-own',
      severity: 'error',
      from: { path: '^src/extension' },
      // Before it offers a set-up for the GPU it has to know whether there is one.
      to: {
        path: '^src/(training|analysis|latency|diagnosis|engines|data|download|cli|scheduling/queue/process)/',
        pathNot: '^src/engines/tensorflow/install/nvidiaGpu\\.ts$',
      },
    },
    {
      name: 'webviews-know-protocol-and-pure-code',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/(protocol|runs/model|statistics|network|pruning|config)/' },
    },
    {
      name: 'webviews-use-no-node',
      severity: 'error',
      from: { path: '^webview/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
