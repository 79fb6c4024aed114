import * as path from 'node:path';
import * as vscode from 'vscode';
import { profileEnding } from '../../scheduling/slurm/profileEnding';
import type { CommandLine } from '../commandLine';
import { submitLineSchema } from '../commandOutput';
import { savedConfig } from '../config/configFiles';
import { showMessage } from '../messages';
import { runsFolderOf } from './runsFolders';
import { mayTrain } from './trainingProcess';

const scheme = 'sfp-lab-slurm';

interface Plan {
  readonly tasks: number;
  readonly command: readonly string[];
  readonly script: string;
}

export interface SubmittedRuns {
  readonly runsFolder: string;
  readonly ids: readonly string[];
}

/**
 * Submits the runs of a config to Slurm, by `sfp submit`, when the user has seen the batch script and agreed. Undefined where
 * nothing was submitted.
 */
export async function submitRuns(file: vscode.Uri, commands: CommandLine): Promise<SubmittedRuns | undefined> {
  if (!mayTrain()) return undefined;
  await savedConfig(
    file,
    vscode.l10n.t('{0} could not be saved, so it was not submitted.', path.basename(file.fsPath)),
  );
  const profile = await pickProfile();
  if (profile === undefined) return undefined;
  const runsFolder = runsFolderOf(file);
  const args = ['submit', file.fsPath, '--runs', runsFolder, '--json', ...profile.args];
  const { plan } = await submitted(commands, file, [...args, '--dry-run'], vscode.l10n.t('Preparing the job'));
  if (plan === null) {
    void showMessage(
      'information',
      vscode.l10n.t('All runs of this config are there already; nothing was submitted.'),
      [],
    );
    return undefined;
  }
  if (!(await isAgreed(plan))) return undefined;
  const { job, ids } = await submitted(commands, file, args, vscode.l10n.t('Submitting to Slurm'));
  if (job === null) return undefined;
  void showMessage('information', vscode.l10n.t('{0} runs are submitted to Slurm as job {1}.', plan.tasks, job), []);
  return { runsFolder, ids };
}

/** The profile that is picked, or none where the cluster's own defaults do; undefined where the user gives up. */
async function pickProfile(): Promise<{ readonly args: readonly string[] } | undefined> {
  const found = await vscode.workspace.findFiles(`**/*${profileEnding}`, '**/{node_modules,.sfp}/**', 1000);
  if (found.length === 0) return { args: [] };
  const profiles = found.map((uri) => ({
    label: path.posix.basename(uri.path).slice(0, -profileEnding.length),
    description: vscode.workspace.asRelativePath(uri),
    args: ['--profile', uri.fsPath],
  }));
  const none = {
    label: vscode.l10n.t('No profile'),
    description: vscode.l10n.t('the defaults of the cluster'),
    args: [],
  };
  const placeHolder = vscode.l10n.t('By which profile?');
  return vscode.window.showQuickPick([...profiles.sort((a, b) => a.label.localeCompare(b.label)), none], {
    placeHolder,
  });
}

/** What `sfp submit` has told so far. */
interface Told {
  plan: Plan | null;
  job: string | null;
  ids: readonly string[];
}

async function submitted(
  commands: CommandLine,
  file: vscode.Uri,
  args: readonly string[],
  title: string,
): Promise<Told> {
  const told: Told = { plan: null, job: null, ids: [] };
  await commands.run({
    ...{ title, args, key: `submit ${file.fsPath}`, folder: path.dirname(file.fsPath) },
    busy: vscode.l10n.t('{0} is being submitted already.', path.basename(file.fsPath)),
    onLine: (value) => {
      const line = submitLineSchema.safeParse(value).data;
      if (line?.type === 'plan') told.plan = line;
      if (line?.type !== 'submitted') return;
      told.job = line.job;
      told.ids = line.runs.map(({ run }) => run);
    },
  });
  return told;
}

/** Shows what would be given to Slurm in an editor that cannot be typed into, and asks. */
async function isAgreed({ tasks, command, script }: Plan): Promise<boolean> {
  const comment = command.map((word) => `#   ${word}`).join('\n');
  const content = `${script}\n# Given to Slurm by a call with these arguments:\n${comment}\n`;
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: () => content,
  });
  try {
    const uri = vscode.Uri.from({ scheme, path: '/job.sh' });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
    const submit = vscode.l10n.t('Submit');
    const question =
      tasks === 1 ? vscode.l10n.t('Submit 1 run to Slurm?') : vscode.l10n.t('Submit {0} runs to Slurm?', tasks);
    const detail = vscode.l10n.t('The editor shows the batch script of the job.');
    return (await vscode.window.showInformationMessage(question, { modal: true, detail }, submit)) === submit;
  } finally {
    provider.dispose();
  }
}
