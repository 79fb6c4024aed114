import * as path from 'node:path';
import * as vscode from 'vscode';
import { isConfig } from './config/configFiles';
import { trainingNode } from './runs/trainingProcess';

/** `type` of the tasks in tasks.json. */
export const taskType = 'sfp';

/** Of more, a list of tasks is none. */
const mostTasks = 100;

const matchers = ['$sfp', '$sfp-notes'];

/** Trains configs in the terminal, as tasks that tasks.json can name, order and combine: each is `sfp train`. */
export class TrainingTasks implements vscode.TaskProvider {
  constructor(private readonly extension: Pick<vscode.Extension<unknown>, 'extensionPath'>) {}

  /** One for each config of the workspace. */
  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const found = await vscode.workspace.findFiles('**/*.sfp.json', '**/{node_modules,.sfp}/**', mostTasks);
    const tasks = found.filter(isConfig).map(async (file) => {
      const folder = vscode.workspace.getWorkspaceFolder(file);
      if (folder === undefined) return [];
      const config = path.relative(folder.uri.fsPath, file.fsPath).replaceAll(path.sep, '/');
      return [await this.#task({ type: taskType, config }, folder, `train ${config}`)];
    });
    return (await Promise.all(tasks)).flat();
  }

  /** A task of tasks.json, which names a config and perhaps options; undefined where it names none. */
  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const { config } = task.definition as { config?: unknown };
    const folder = isFolder(task.scope) ? task.scope : vscode.workspace.workspaceFolders?.[0];
    if (typeof config !== 'string' || folder === undefined || !vscode.workspace.isTrusted) return undefined;
    // VS Code takes a resolved task for the asked one by this very definition.
    return this.#task(task.definition, folder, task.name);
  }

  async #task(definition: vscode.TaskDefinition, folder: vscode.WorkspaceFolder, name: string): Promise<vscode.Task> {
    const { config, args } = definition as { config?: unknown; args?: unknown };
    const node = await trainingNode(folder.uri);
    const script = path.join(this.extension.extensionPath, 'dist', 'cli.js');
    const options = Array.isArray(args) ? args.filter((arg): arg is string => typeof arg === 'string') : [];
    // What stands behind `--` is a file, whatever its name.
    const words = [script, 'train', ...options, '--', String(config)];
    const execution = new vscode.ProcessExecution(node.path, words, { cwd: folder.uri.fsPath, env: { ...node.env } });
    return new vscode.Task(definition, folder, name, taskType, execution, matchers);
  }
}

function isFolder(scope: vscode.Task['scope']): scope is vscode.WorkspaceFolder {
  return typeof scope === 'object';
}
