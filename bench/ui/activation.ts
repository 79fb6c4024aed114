import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { figures } from './targets';

/** Parts of Node that an extension host has loaded long before it activates an extension. */
const loadedBefore = [
  'child_process',
  'crypto',
  'fs',
  'fs/promises',
  'os',
  'path',
  'perf_hooks',
  'readline',
  'timers/promises',
  'util',
  'worker_threads',
  'zlib',
];

/** In a fresh process, with a `vscode` of which everything can be called and got: reads the built extension and activates it. */
const script = `
  for (const name of ${JSON.stringify(loadedBefore)}) require('node:' + name);
  const load = require('node:module')._load;
  const anything = () => new Proxy(function () {}, {
    get: (_, key) => key === Symbol.toPrimitive ? () => '' : key === Symbol.iterator ? [][Symbol.iterator] : key === 'then' ? undefined : anything(),
    apply: () => anything(), construct: () => anything(), set: () => true,
  });
  class Disposable { dispose() {} }
  class EventEmitter { event = () => ({ dispose() {} }); fire() {} dispose() {} }
  const kinds = { Disposable, EventEmitter, TreeItem: class {}, ThemeIcon: class {}, ThemeColor: class {}, CodeLens: class {} };
  const names = ['window', 'workspace', 'commands', 'languages', 'env', 'l10n', 'Uri', 'Range', 'Position', 'Selection',
    'ViewColumn', 'StatusBarAlignment', 'ProgressLocation', 'UIKind', 'TreeItemCollapsibleState', 'DiagnosticSeverity',
    'Diagnostic', 'CodeAction', 'CodeActionKind', 'WorkspaceEdit', 'RelativePattern', 'MarkdownString', 'QuickPickItemKind'];
  const vscode = { ...Object.fromEntries(names.map((name) => [name, anything()])), ...kinds };
  require('node:module')._load = (name, ...rest) => name === 'vscode' ? vscode : load(name, ...rest);
  const begin = performance.now();
  const used = process.cpuUsage();
  const extension = require(process.argv[1]);
  extension.activate({ subscriptions: [], extensionUri: { fsPath: process.cwd() }, extension: {} });
  const clock = performance.now() - begin;
  const { user, system } = process.cpuUsage(used);
  process.stdout.write(JSON.stringify([clock, (user + system) / 1000]), () => process.exit(0));
`;

/** Milliseconds from the beginning of reading the extension's code to the end of `activate`, by the clock and of the processor. */
export async function activationTime(): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, path.resolve('dist/extension.js')]);
  const [clock, work] = JSON.parse(stdout) as [number, number];
  return { 'module and activate, ms': clock, [figures.activation]: work };
}
