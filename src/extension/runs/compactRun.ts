import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { compactNames } from '../../runs/folder/compactNetwork';
import type { Certificate } from '../../runs/model/certificate';
import { isEqual, latencyWithAllThreads, realSaving } from '../../runs/model/certificateFindings';
import type { CommandLine } from '../commandLine';
import { compactLineSchema } from '../commandOutput';
import { showMessage, type MessageButton } from '../messages';
import { percent } from '../numbers';
import { revealRun } from './openRun';
import { isActive, type ListedRun } from './runList';
import { mayTrain } from './trainingProcess';

/**
 * Makes and certifies the compact network of a run. Returns its certificate, or null when the user cancelled or the workspace is
 * not trusted; views take it from the run folder.
 */
export async function compactRun(run: ListedRun, commands: CommandLine): Promise<Certificate | null> {
  const { id, name, folder } = run;
  if (isActive(run))
    throw new UserError(vscode.l10n.t('{0} is still training: it is compacted by itself when it has finished.', name));
  if (!mayTrain()) return null;
  const certificates: Certificate[] = [];
  const compacting = commands.run({
    title: vscode.l10n.t('Compacting {0}', name),
    args: ['compact', folder, '--json', '--progress'],
    key: `compact ${id}`,
    busy: vscode.l10n.t('{0} is being compacted already.', name),
    folder,
    onLine: (value, progress) => {
      const line = compactLineSchema.safeParse(value).data;
      if (line === undefined) return;
      if ('type' in line) progress.report({ message: line.step });
      else certificates.push(line);
    },
  });
  // A network that is not equal is a failure of the command too, but its certificate says more than its last sentence.
  const isDone = await compacting.catch((error: unknown) => {
    if (certificates.length === 0) throw error;
    return true;
  });
  if (!isDone) return null;
  const [certificate] = certificates;
  if (!certificate) throw new UserError(vscode.l10n.t('Compacting {0} gave no certificate.', name));
  return certificate;
}

/** Tells what came of it: in a sentence whether the networks are equal, and what the compact one saves. */
export function tellCompacted(run: ListedRun, certificate: Certificate, again: () => unknown): void {
  const reveal: MessageButton = {
    title: vscode.l10n.t('Reveal'),
    act: () => revealRun(path.join(run.folder, compactNames.folder)),
  };
  if (!isEqual(certificate)) {
    const sentence = vscode.l10n.t(
      'The compact network of {0} is NOT the masked one: do not use it, and please report this with the run.',
      run.name,
    );
    void showMessage('error', sentence, [reveal]);
  } else if (certificate.latency === null) {
    const sentence = vscode.l10n.t(
      '{0} is compacted and equal to the masked network, but other programs kept the processor busy, so its times were not measured. {1}',
      run.name,
      savings(certificate),
    );
    void showMessage('warning', sentence, [reveal, { title: vscode.l10n.t('Measure again'), act: again }]);
  } else {
    const sentence = vscode.l10n.t(
      '{0} is compacted and equal to the masked network. {1}',
      run.name,
      savings(certificate),
    );
    void showMessage('information', sentence, [reveal]);
  }
}

function savings(certificate: Certificate): string {
  const latency = latencyWithAllThreads(certificate, 64) ?? latencyWithAllThreads(certificate, 1);
  const flops = 1 - certificate.multiplyAdds.built / certificate.multiplyAdds.dense;
  if (latency === null) return vscode.l10n.t('It saves {0} of the FLOPs.', percent(flops));
  const { measured } = realSaving(certificate, latency);
  return measured < 0
    ? vscode.l10n.t('It saves {0} of the FLOPs and takes {1} more time.', percent(flops), percent(-measured))
    : vscode.l10n.t('It saves {0} of the FLOPs and {1} of the time.', percent(flops), percent(measured));
}
