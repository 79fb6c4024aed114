import * as path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { NodeRuntime } from '../findNode';
import { runJsonCommand } from '../jsonCommand';
import { diskSize, hoursAndMinutes } from '../numbers';

/** What is needed of `sfp train --preview --json`. */
const previewSchema = z.object({
  type: z.literal('preview'),
  estimate: z.object({ seconds: z.number(), unknown: z.int(), bytes: z.number() }),
  /** How much quicker several runs are at once, where that was measured. */
  queue: z.object({ runsAtOnce: z.int(), gain: z.number().positive() }).nullable(),
});

/** Nobody waits longer for an estimate. */
const mostMilliseconds = 20_000;

/** What the runs of a config that are not there yet take, in sentences; empty where `sfp` cannot tell. */
export async function estimateText(
  file: vscode.Uri,
  runsFolder: string,
  node: NodeRuntime,
  extension: Pick<vscode.Extension<unknown>, 'extensionPath'>,
): Promise<string> {
  const told: unknown[] = [];
  await runJsonCommand({
    node,
    script: path.join(extension.extensionPath, 'dist', 'cli.js'),
    args: ['train', file.fsPath, '--preview', '--json', '--runs', runsFolder],
    cwd: path.dirname(file.fsPath),
    signal: AbortSignal.timeout(mostMilliseconds),
    onLine: (value) => told.push(value),
  });
  const preview = told.map((value) => previewSchema.safeParse(value).data).find((value) => value !== undefined);
  return preview === undefined ? '' : inWords(preview);
}

function inWords({ estimate: { seconds, unknown, bytes }, queue }: z.infer<typeof previewSchema>): string {
  const disk = vscode.l10n.t('Estimated disk: {0}.', diskSize(bytes));
  const time =
    seconds === 0
      ? vscode.l10n.t('How long is not known: no such network has been trained or measured here.')
      : vscode.l10n.t('Estimated time, one after another: {0}.', hoursAndMinutes(seconds));
  const together =
    queue !== null && seconds > 0 && queue.runsAtOnce > 1
      ? [vscode.l10n.t('In the queue, {0} at once: {1}.', queue.runsAtOnce, hoursAndMinutes(seconds / queue.gain))]
      : [];
  const more = seconds > 0 && unknown > 0 ? [vscode.l10n.t('Of {0} runs nothing was measured.', unknown)] : [];
  return [time, ...together, ...more, disk].join(' ');
}
