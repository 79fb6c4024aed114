import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type * as z from 'zod';
import type { CommandLine } from './commandLine';
import { diagnosisSchema } from './commandOutput';
import { showMessage } from './messages';
import { mayTrain } from './runs/trainingProcess';

type Report = z.infer<typeof diagnosisSchema>;

/** Finds out what keeps networks from being trained here, and opens it as a text, which can be copied: it holds no secrets. */
export async function diagnose(commands: CommandLine): Promise<void> {
  if (!mayTrain()) return;
  const report = await askDoctor(commands);
  if (report === null) return;
  const content = `${editorText()}\n${report.text}`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
  const copy = { title: vscode.l10n.t('Copy'), act: () => vscode.env.clipboard.writeText(content) };
  await showMessage(report.canTrain ? 'information' : 'warning', report.summary, [copy]);
}

/** Null when the user cancelled. */
async function askDoctor(commands: CommandLine): Promise<Report | null> {
  const reports: Report[] = [];
  const asked = commands.run({
    title: vscode.l10n.t('Diagnosing'),
    args: ['doctor', '--json'],
    key: 'doctor',
    busy: vscode.l10n.t('A diagnosis is being made already.'),
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir(),
    onLine: (value) => {
      const report = diagnosisSchema.safeParse(value).data;
      if (report) reports.push(report);
    },
  });
  await asked.catch((error: unknown) => {
    // It also ends with an error when it has found one.
    if (reports.length === 0) throw error;
  });
  return reports[0] ?? null;
}

function editorText(): string {
  const { remoteName, appName } = vscode.env;
  const where = remoteName === undefined ? '' : `, remote by ${remoteName}`;
  return `${appName} ${vscode.version}${where}`;
}
