import { access } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { compactNames } from '../../runs/folder/compactNetwork';
import type { CommandLine } from '../commandLine';
import { exportedSchema } from '../commandOutput';
import { showMessage } from '../messages';
import { compactRun } from './compactRun';
import { revealRun } from './openRun';
import type { ListedRun } from './runList';
import { experimentFolderOf } from './runsFolders';
import { mayTrain } from './trainingProcess';

type What = 'masked' | 'compact';
type Format = 'onnx' | 'safetensors' | 'tfjs';

/** Asks which network of a run is exported, as what and where to, writes it, and shows where it is. */
export async function exportRun(run: ListedRun, commands: CommandLine): Promise<void> {
  if (!mayTrain()) return;
  const isCompacted = await isThere(path.join(run.folder, compactNames.folder, compactNames.network));
  const what = await pickNetwork(isCompacted);
  const format = what && (await pickFormat());
  const file = format && (await pickFile(run, what, format));
  if (!file) return;
  if (what === 'compact' && !isCompacted && (await compactRun(run, commands)) === null) return;
  const files = await write(run, { what, format, file: file.fsPath }, commands);
  if (files === null) return;
  const names = files.map((name) => path.basename(name)).join(', ');
  const reveal = { title: vscode.l10n.t('Reveal'), act: () => revealRun(files[0] ?? file.fsPath) };
  void showMessage('information', vscode.l10n.t('{0} is exported: {1}.', run.name, names), [reveal]);
}

interface Order {
  readonly what: What;
  readonly format: Format;
  readonly file: string;
}

/** The files that were written; null when the user cancelled. */
async function write(
  { id, name, folder }: ListedRun,
  { what, format, file }: Order,
  commands: CommandLine,
): Promise<string[] | null> {
  // Whoever chose a file that is there has agreed to lose it; files beside a new one are not replaced.
  const replacing = (await isThere(file)) ? ['--force'] : [];
  let files: string[] = [];
  const isDone = await commands.run({
    title: vscode.l10n.t('Exporting {0}', name),
    args: ['export', folder, '--what', what, '--format', format, '--out', file, '--json', ...replacing],
    key: `export ${id}`,
    busy: vscode.l10n.t('{0} is being exported already.', name),
    folder,
    onLine: (value) => {
      files = exportedSchema.safeParse(value).data?.files ?? files;
    },
  });
  if (!isDone) return null;
  if (files.length === 0) throw new UserError(vscode.l10n.t('Exporting {0} did not say what it wrote.', name));
  return files;
}

async function pickNetwork(isCompacted: boolean): Promise<What | undefined> {
  const items: (vscode.QuickPickItem & { what: What })[] = [
    {
      label: vscode.l10n.t('Compact network'),
      detail: isCompacted
        ? vscode.l10n.t('Without the pruned filters: smaller and faster')
        : vscode.l10n.t('Without the pruned filters; the run is compacted first, which takes about a minute'),
      what: 'compact',
    },
    {
      label: vscode.l10n.t('Masked network'),
      detail: vscode.l10n.t('As it was trained: full size, pruned filters exactly zero'),
      what: 'masked',
    },
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which network?') }))?.what;
}

async function pickFormat(): Promise<Format | undefined> {
  const items: (vscode.QuickPickItem & { format: Format })[] = [
    {
      label: 'ONNX',
      detail: vscode.l10n.t('For onnxruntime and many others; its logits are checked before it is written'),
      format: 'onnx',
    },
    {
      label: 'safetensors',
      detail: vscode.l10n.t('For PyTorch, with the class of the network beside it'),
      format: 'safetensors',
    },
    {
      label: 'TensorFlow.js',
      detail: vscode.l10n.t('A LayersModel: a .json file, and its weights beside it'),
      format: 'tfjs',
    },
  ];
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('In which format?') }))?.format;
}

async function pickFile(run: ListedRun, what: What, format: Format): Promise<vscode.Uri | undefined> {
  const extension = format === 'tfjs' ? 'json' : format;
  // The name comes from a file that anybody may have written.
  const stem = `${run.name}-${what}`.replaceAll(/[^\w.-]+/g, '-');
  const folder = experimentFolderOf(run.folder);
  return await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export {0}', run.name),
    saveLabel: vscode.l10n.t('Export'),
    defaultUri: vscode.Uri.file(path.join(folder, `${stem}.${extension}`)),
    filters: { [format === 'tfjs' ? 'TensorFlow.js' : extension]: [extension] },
  });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
