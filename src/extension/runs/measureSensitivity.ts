import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import type { CommandLine } from '../commandLine';
import { sensitivityLineSchema } from '../commandOutput';
import { isActive, type ListedRun } from './runList';
import { mayTrain } from './trainingProcess';

/** Measures the sensitivity of a run in a process of its own; what is measured when the user cancels is kept. */
export async function measureSensitivity(
  run: ListedRun,
  commands: CommandLine,
  log: Pick<vscode.LogOutputChannel, 'info'>,
): Promise<void> {
  const { id, name, folder } = run;
  if (isActive(run)) throw new UserError(vscode.l10n.t('{0} is still training: wait for it, or stop it.', name));
  if (!mayTrain()) return;
  await commands.run({
    title: vscode.l10n.t('Measuring the sensitivity of {0}', name),
    args: ['sensitivity', folder, '--json'],
    key: `sensitivity ${id}`,
    busy: vscode.l10n.t('The sensitivity of {0} is being measured already.', name),
    folder,
    onLine: (value, progress) => {
      const line = sensitivityLineSchema.safeParse(value).data;
      if (line?.type === 'note') log.info(`${name}: ${line.text}`);
      if (line?.type === 'pool')
        progress.report({
          message: vscode.l10n.t('{0} of {1}: {2}', line.done, line.of, line.pool.name),
          increment: 100 / line.of,
        });
    },
  });
}
