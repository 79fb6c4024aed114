import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { lookAt } from '../../base/regularFile';
import { replaceFile } from '../../base/replaceFile';
import { countedData } from '../../experiment/countedData';
import { fineTuningRecipe } from '../../experiment/fineTuningRecipe';
import { problemInWords } from '../../network/import/parts/importedNetwork';
import type { CommandLine } from '../commandLine';
import { notificationText } from '../messages';
import { mayTrain } from '../runs/trainingProcess';
import { configEnding } from '../config/configFiles';
import { importedTemplate } from './importedTemplate';

/** What is taken of the line of `sfp import --json`. */
const importSchema = z.object({
  layers: z.array(z.object({ kind: z.string(), shape: z.tuple([z.int(), z.int(), z.int()]) })),
  parameters: z.int().nullable(),
  problems: z.array(z.object({ node: z.string(), operator: z.string(), reason: z.string() })),
});
type Import = z.output<typeof importSchema>;

/** Height and width for networks that leave them open. */
const usualSize = '224';

/**
 * Writes a commented config beside an ONNX file, with a recipe that is proposed for its network, and opens it. The network is
 * read in a process of its own. Without a file the user is asked for one.
 */
export async function pruneNetwork(given: vscode.Uri | undefined, commands: CommandLine): Promise<void> {
  if (!mayTrain()) return;
  const file = (given ?? (await pickNetwork()))?.fsPath;
  if (file === undefined) return;
  const config = file.replace(/\.onnx$/i, '') + configEnding;
  const answer = await mayWrite(config);
  if (answer === 'no') return;
  if (answer !== 'open') {
    const found = await readInProcess(file, commands);
    if (found === null) return;
    await write(config, await configFor(file, found), answer);
  }
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.file(config)));
}

async function pickNetwork(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Which network?'),
    filters: { ONNX: ['onnx'] },
  });
  return picked?.[0];
}

/** Asks where the config is there already; `new` where there is none. */
async function mayWrite(config: string): Promise<'new' | 'replace' | 'open' | 'no'> {
  if ((await onFile(config, () => lookAt(config))) === null) return 'new';
  const [open, replace] = [vscode.l10n.t('Open it'), vscode.l10n.t('Replace it')];
  const question = notificationText(vscode.l10n.t('{0} is there already.', path.basename(config)));
  const chosen = await vscode.window.showWarningMessage(question, { modal: true }, open, replace);
  if (chosen === open) return 'open';
  return chosen === replace ? 'replace' : 'no';
}

/** What `sfp import` found; null when the user cancelled. */
async function readInProcess(file: string, commands: CommandLine): Promise<Import | null> {
  const name = path.basename(file);
  const told: Import[] = [];
  const isDone = commands.run({
    title: vscode.l10n.t('Reading {0}', name),
    args: ['import', file, '--size', usualSize, '--json'],
    key: `import ${file}`,
    busy: vscode.l10n.t('{0} is being read already.', name),
    folder: path.dirname(file),
    onLine: (value) => {
      const line = importSchema.safeParse(value).data;
      if (line) told.push(line);
    },
  });
  // A network that cannot be trained makes the command fail, which has told why.
  const outcome = await isDone.catch((error: unknown) => {
    if (told[0]?.problems.length) return true;
    throw error;
  });
  if (!outcome) return null;
  const [found] = told;
  if (!found) throw new UserError(vscode.l10n.t('Reading {0} told nothing about it.', name), { file });
  return found;
}

async function configFor(file: string, { layers, parameters, problems }: Import): Promise<string> {
  const name = path.basename(file);
  const [problem] = problems;
  if (problem) {
    const reason = problemInWords(problem);
    throw new UserError(vscode.l10n.t('{0} cannot be trained: {1} "sfp import" tells all about it.', name, reason), {
      file,
    });
  }
  const [images, logits] = [layers[0]?.shape, layers.at(-1)?.shape];
  if (!images || !logits || parameters === null)
    throw new UserError(vscode.l10n.t('Reading {0} told nothing about it.', name), { file });
  const [channels, height, width] = images;
  const classes = logits[0] * logits[1] * logits[2];
  const { data, trainingImages } = await countedData(path.dirname(file), { channels, height, width }, classes);
  const hasBatchNorm = layers.some(({ kind }) => kind === 'batchNorm');
  return importedTemplate(name, data, fineTuningRecipe({ parameters, hasBatchNorm }, trainingImages));
}

/** What came into being while the network was read is not replaced, as nobody was asked about it. */
async function write(config: string, text: string, how: 'new' | 'replace'): Promise<void> {
  if (how === 'replace') await replaceFile(config, text);
  else await onFile(config, () => writeFile(config, text, { flag: 'wx' }));
}
