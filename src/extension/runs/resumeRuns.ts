import * as vscode from 'vscode';
import { readyToResume } from '../../runs/control/resume';
import type { ListedRun } from './runList';
import { mayTrain, train, trainingNode, type RunFolders, type StartedRuns } from './trainingProcess';

/** Resumes runs from their newest checkpoints, the oldest run first; undefined when the workspace is not trusted. */
export async function resumeRuns(
  runs: readonly ListedRun[],
  extension: vscode.Extension<unknown>,
): Promise<StartedRuns | undefined> {
  if (!mayTrain()) return undefined;
  const [first, ...more] = [...runs].sort((a, b) => a.created.localeCompare(b.created)).map(({ folder }) => folder);
  if (first === undefined) return undefined;
  const folders: RunFolders = [first, ...more];
  const node = await trainingNode(vscode.Uri.file(first));
  const { locks } = await readyToResume(folders);
  return train(folders, node, extension, locks);
}
