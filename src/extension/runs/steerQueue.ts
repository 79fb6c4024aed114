import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import type { Queue } from '../../scheduling/queue/queue';
import { queueFolder } from '../../scheduling/queue/queueFolder';
import { readQueue } from '../../scheduling/queue/queueFile';
import { listQueue } from '../../scheduling/queue/queueList';
import { continueQueue, moveRun, pauseQueue, setSlots } from '../../scheduling/queue/steer';
import { readyToResume } from '../../runs/control/resume';
import { showMessage } from '../messages';
import type { ListedRun } from './runList';
import { mayTrain, queueStart, train, trainingNode, type RunFolders, type StartedRuns } from './trainingProcess';

/** What the commands of the queue do; where its file was damaged, that is told. */

export async function pause(): Promise<void> {
  await told(pauseQueue(queueFolder()));
}

/** Also where the process of the queue has gone. */
export async function goOn(extension: vscode.Extension<unknown>): Promise<void> {
  if (!mayTrain()) return;
  const [first] = (await readQueue(queueFolder()).catch(() => ({ runs: [] }))).runs;
  const scope = first ? vscode.Uri.file(first.folder) : vscode.workspace.workspaceFolders?.[0]?.uri;
  const node = await trainingNode(scope ?? vscode.Uri.file(queueFolder()));
  await told(continueQueue(queueStart(node, extension)));
}

/** Puts a run that waits nearer to the front or to the end, or first. */
export async function move(run: ListedRun, where: 'up' | 'down' | 'first'): Promise<void> {
  const entry = (await listQueue(queueFolder())).runs.find(({ folder }) => folder === run.folder);
  const place = entry?.place ?? null;
  const wanted = place === null || where === 'first' ? 1 : where === 'up' ? place - 1 : place + 1;
  if (place === null || !(await moveRun(queueFolder(), run.folder, Math.max(1, wanted))))
    throw new UserError(vscode.l10n.t('{0} does not wait in the queue of this machine.', run.name));
}

/** Lets runs go on that failed or were stopped; undefined where there are none. */
export async function retry(extension: vscode.Extension<unknown>): Promise<StartedRuns | undefined> {
  if (!mayTrain()) return undefined;
  const { ended } = await listQueue(queueFolder());
  const [first, ...more] = ended.map(({ folder }) => folder);
  if (first === undefined)
    throw new UserError(vscode.l10n.t('No run of the queue has failed or was stopped, so none can be retried.'));
  const folders: RunFolders = [first, ...more];
  const node = await trainingNode(vscode.Uri.file(first));
  const { locks } = await readyToResume(folders);
  return train(folders, node, extension, locks);
}

/** How many runs train at once from now on, whatever was measured; null goes by what is. */
export async function setRunsAtOnce(slots: Queue['slots']): Promise<void> {
  await told(setSlots(queueFolder(), slots));
}

async function told(edited: ReturnType<typeof pauseQueue>): Promise<void> {
  const { note } = await edited;
  if (note !== null) await showMessage('warning', note, []);
}
