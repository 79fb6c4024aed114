import { access } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { enginesFolder } from '../../base/cacheFolder';
import { UserError } from '../../base/errors';
import { findNvidiaGpu } from '../../engines/tensorflow/install/nvidiaGpu';
import { withCancellableProgress, type Progress } from '../cancellableProgress';
import { Disposable } from '../disposable';
import { showMessage, type MessageButton } from '../messages';
import type { ProblemMessages } from '../problemMessages';
import { findNode } from '../findNode';
import { runSetUp, type SetUpProcessOptions } from './setUpProcess';

type Kind = 'cpu' | 'gpu';
type Choices = Pick<SetUpProcessOptions, 'gpu' | 'force' | 'from'>;

/** The command that sets up TensorFlow with `sfp`: asks for which device, shows progress, and tells the result. */
export class TensorflowSetUp extends Disposable {
  /** Cancels the set-up that is running; there is at most one. */
  #underWay: AbortController | null = null;

  constructor(
    private readonly extension: vscode.Extension<unknown>,
    private readonly log: vscode.LogOutputChannel,
    private readonly problems: ProblemMessages,
  ) {
    super();
  }

  /** A set-up is cancelled with its window, as nobody would see its end. */
  override dispose(): void {
    this.#underWay?.abort();
    super.dispose();
  }

  /** Sets up from a file, else from the usual sources. If a set-up is already running, its notification is shown instead. */
  async run(file?: vscode.Uri): Promise<void> {
    if (this.#underWay) {
      await vscode.commands.executeCommand('notifications.showList');
      return;
    }
    this.#underWay = new AbortController();
    try {
      const kind = await pickKind();
      if (kind === undefined) return;
      const force = await isSetUp(kind);
      if (force && !(await isReplacementWanted(kind))) return;
      const version = await this.#setUpVisibly({ gpu: kind === 'gpu', force, from: file?.fsPath }, this.#underWay);
      if (version === null) this.#tellCancelled();
      else this.#tellDone(version);
    } catch (error) {
      void this.problems.show(error, ...(error instanceof UserError ? helpfulButtons(error) : []));
    } finally {
      this.#underWay = null;
    }
  }

  async #setUpVisibly(choices: Choices, cancelled: AbortController): Promise<string | null> {
    const setting = vscode.workspace.getConfiguration('sfpLab').get<string>('nodePath', '');
    const node = await findNode(setting.trim());
    const { extensionPath } = this.extension;
    return withCancellableProgress(vscode.l10n.t('Setting up TensorFlow'), cancelled, (progress) =>
      runSetUp({
        ...choices,
        node,
        script: path.join(extensionPath, 'dist', 'cli.js'),
        cwd: extensionPath,
        signal: cancelled.signal,
        ...this.#progressInto(progress),
      }),
    );
  }

  /** The notification shows steps and percentages; the log gets each step once. */
  #progressInto(progress: Progress): Pick<SetUpProcessOptions, 'onStep' | 'onNote'> {
    let logged = '';
    return {
      onStep: ({ title, percent }) => {
        progress.report({ message: percent === null ? title : `${title} (${percent} %)` });
        if (title !== logged) this.log.info(`TensorFlow: ${title}`);
        logged = title;
      },
      onNote: (note) => {
        this.log.info(`TensorFlow: ${note}`);
      },
    };
  }

  /** The sentence is short because VS Code shows only one line of a message without buttons. */
  #tellCancelled(): void {
    const sentence = vscode.l10n.t('Setting up TensorFlow was cancelled; all is as before.');
    this.log.info(sentence);
    void vscode.window.showInformationMessage(sentence);
  }

  #tellDone(version: string): void {
    const sentence = vscode.l10n.t(
      'TensorFlow {0} is set up. Runs with engine.name "auto" take it where it is the fastest.',
      version,
    );
    this.log.info(sentence);
    const start = {
      title: vscode.l10n.t('Start SFP run'),
      act: () => vscode.commands.executeCommand('sfpLab.startRun'),
    };
    void showMessage('information', sentence, [start]);
  }
}

/** The user's choice, which may be undefined; without an NVIDIA GPU there is only one kind and no question. */
async function pickKind(): Promise<Kind | undefined> {
  const gpu = await findNvidiaGpu();
  if (!gpu) return 'cpu';
  const items: (vscode.QuickPickItem & { kindOfEngine: Kind })[] = [
    {
      label: vscode.l10n.t('For the GPU'),
      description: gpu.name,
      detail: vscode.l10n.t('Several gigabytes, with the libraries of CUDA'),
      kindOfEngine: 'gpu',
    },
    { label: vscode.l10n.t('For the CPU'), detail: vscode.l10n.t('1.2 gigabytes on the disk'), kindOfEngine: 'cpu' },
  ];
  const placeHolder = vscode.l10n.t('What is TensorFlow set up for?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.kindOfEngine;
}

function isSetUp(kind: Kind): Promise<boolean> {
  return isThere(path.join(enginesFolder(), `tensorflow-${kind}`));
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
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
  const detail = vscode.l10n.t(
    'Setting it up again takes some minutes and helps where it does not work any more. The one that is there stays until the new one has been checked.',
  );
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, again)) === again;
}

/** Buttons for what the message of a failed set-up suggests: opening its log, choosing a file instead of the usual sources. */
function helpfulButtons({ message, detail }: UserError): MessageButton[] {
  const buttons: MessageButton[] = [];
  const log = detail?.file;
  if (log !== undefined)
    buttons.push({ title: vscode.l10n.t('Open log'), act: () => vscode.window.showTextDocument(vscode.Uri.file(log)) });
  if (message.includes('--from')) buttons.push({ title: vscode.l10n.t('Choose file'), act: setUpFromFile });
  return buttons;
}

async function setUpFromFile(): Promise<void> {
  const files = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('A wheel of TensorFlow or an archive of libtensorflow'),
    openLabel: vscode.l10n.t('Set up'),
    filters: { TensorFlow: ['whl', 'gz'] },
  });
  if (files?.[0]) await vscode.commands.executeCommand('sfpLab.setUpTensorflow', files[0]);
}
