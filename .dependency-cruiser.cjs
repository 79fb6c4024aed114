/** The house rules of docs/architecture.md: who may import whom. */
const pure = '^src/(network|pruning|config|runs|protocol)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-core-stays-pure',
      comment: 'Network, pruning, config, runs and protocol know no engine, no training, no view.',
      severity: 'error',
      from: { path: pure },
      to: { path: '^(src|webview)/', pathNot: [pure, '^src/(errors|random)\\.ts$'] },
    },
    {
      name: 'network-and-pruning-at-the-bottom',
      severity: 'error',
      from: { path: '^src/(network|pruning|config)/' },
      to: { path: '^src/(runs|protocol)/' },
    },
    {
      name: 'data-below-engines',
      severity: 'error',
      from: { path: '^src/data/' },
      to: { path: '^src/', pathNot: '^src/(data|network|config)/|^src/(errors|random)\\.ts$' },
    },
    {
      name: 'engines-know-networks-only',
      severity: 'error',
      from: { path: '^src/engines/' },
      to: { path: '^src/', pathNot: '^src/(engines|network)/|^src/(childProcess|errors|random)\\.ts$' },
    },
    {
      name: 'setup-knows-no-view-and-no-training',
      severity: 'error',
      from: { path: '^src/setup/' },
      to: { path: '^src/', pathNot: '^src/(setup|engines|data|runs)/|^src/(childProcess|errors)\\.ts$' },
    },
    {
      name: 'training-knows-no-view',
      severity: 'error',
      from: { path: '^src/(training/|trainer)' },
      to: { path: '^src/(extension|cli|protocol)|^webview/' },
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
      name: 'extension-trains-in-a-process-of-its-own',
      severity: 'error',
      from: { path: '^src/extension' },
      // To ask for a GPU it has to know of one.
      to: { path: '^src/(training|engines|setup)/', pathNot: '^src/setup/nvidiaGpu\\.ts$' },
    },
    {
      name: 'webviews-know-protocol-and-pure-code',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/(protocol|runs|network|pruning|config)/' },
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
