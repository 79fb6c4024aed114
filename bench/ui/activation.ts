import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** In a fresh process, with a `vscode` of which everything can be called and got: reads the built extension and activates it. */
const script = `
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
  const extension = require(process.argv[1]);
  extension.activate({ subscriptions: [], extensionUri: { fsPath: process.cwd() }, extension: {} });
  process.stdout.write(String(performance.now() - begin), () => process.exit(0));
`;

/** Milliseconds from the beginning of reading the extension's code to the end of `activate`. */
export async function activationTime(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, path.resolve('dist/extension.js')]);
  return Number(stdout);
}
