import { access } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { enginesFolder } from '../../data/cacheFolder';
import { UserError } from '../../errors';
import { findNvidiaGpu } from '../../setup/nvidiaGpu';
import { findNode } from '../runs/findNode';
import { runSetUp } from './setUpProcess';

type Kind = 'cpu' | 'gpu';

let isUnderWay = false;

/** Asks for what and sets up TensorFlow with `sfp`, shown as a notification that can cancel it. */
export async function setUpTensorflow(
  extension: vscode.Extension<unknown>,
  log: vscode.LogOutputChannel,
): Promise<void> {
  if (isUnderWay) throw new UserError(vscode.l10n.t('TensorFlow is already being set up.'));
  const kind = await pickKind();
  if (kind === undefined) return;
  const force = await isSetUp(kind);
  if (force && !(await isReplacementWanted(kind))) return;
  isUnderWay = true;
  try {
    const version = await setUpVisibly(kind, force, extension, log);
    if (version === null) return;
    const done = vscode.l10n.t('TensorFlow {0} is set up; runs with engine "auto" now consider it.', version);
    log.info(done);
    void vscode.window.showInformationMessage(done);
  } finally {
    isUnderWay = false;
  }
}

/** Undefined when the user does not choose. Without an NVIDIA GPU there is nothing to ask. */
async function pickKind(): Promise<Kind | undefined> {
  const gpu = await findNvidiaGpu();
  if (!gpu) return 'cpu';
  const items: (vscode.QuickPickItem & { kindOfEngine: Kind })[] = [
    { label: vscode.l10n.t('For the GPU'), description: gpu.name, kindOfEngine: 'gpu' },
    { label: vscode.l10n.t('For the CPU'), kindOfEngine: 'cpu' },
  ];
  const placeHolder = vscode.l10n.t('Set up TensorFlow for what? Several gigabytes are fetched for a GPU.');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.kindOfEngine;
}

function isSetUp(kind: Kind): Promise<boolean> {
  return access(path.join(enginesFolder(), `tensorflow-${kind}`)).then(
    () => true,
    () => false,
  );
}

async function isReplacementWanted(kind: Kind): Promise<boolean> {
  const again = vscode.l10n.t('Set up again');
  const question =
    kind === 'gpu'
      ? vscode.l10n.t('TensorFlow is already set up for the GPU.')
      : vscode.l10n.t('TensorFlow is already set up for the CPU.');
  return (await vscode.window.showInformationMessage(question, { modal: true }, again)) === again;
}

async function setUpVisibly(
  kind: Kind,
  force: boolean,
  extension: vscode.Extension<unknown>,
  log: vscode.LogOutputChannel,
): Promise<string | null> {
  const setting = vscode.workspace.getConfiguration('sfpLab').get<string>('nodePath', '');
  const node = await findNode(setting.trim());
  const title = vscode.l10n.t('Setting up TensorFlow');
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
    const cancelled = new AbortController();
    token.onCancellationRequested(() => {
      cancelled.abort();
    });
    let logged = '';
    return runSetUp({
      node,
      script: path.join(extension.extensionPath, 'dist', 'cli.js'),
      cwd: extension.extensionPath,
      gpu: kind === 'gpu',
      force,
      signal: cancelled.signal,
      onStep: ({ title: step, percent }) => {
        progress.report({ message: percent === null ? step : `${step} (${percent} %)` });
        if (step !== logged) log.info(`TensorFlow: ${step}`);
        logged = step;
      },
      onNote: (note) => {
        log.info(`TensorFlow: ${note}`);
      },
    });
  });
}
