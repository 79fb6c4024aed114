import * as path from 'node:path';
import * as vscode from 'vscode';
import { baselineKinds, isOwnBaseline, type BaselineKind } from '../../config/baselines';
import { baselinesAmong, createBaselines, planBaselines } from '../../runs/folder/baselines';
import { hasCompactNetwork } from '../../runs/folder/compactNetwork';
import { gitState } from '../../runs/folder/git';
import type { CommandLine } from '../commandLine';
import { compactRun } from './compactRun';
import { statusWord } from './summary';
import type { ListedRun, RunList } from './runList';
import { mayTrain, trainingNode, trainOrRemove, versionsOf, type StartedRuns } from './trainingProcess';

/**
 * Asks which baselines of a run to train, compacts the run first where one of them needs that, and starts them as one queue;
 * undefined when none was chosen or may be started.
 */
export async function trainBaselines(
  run: ListedRun,
  list: RunList,
  commands: CommandLine,
  extension: vscode.Extension<unknown>,
): Promise<StartedRuns | undefined> {
  if (!mayTrain()) return undefined;
  // Refuses a baseline before anything is asked.
  await planBaselines(run.folder, [], false);
  const kinds = await pickKinds(run, list);
  if (kinds.length === 0) return undefined;
  if (kinds.includes('narrow') && !(await hasCompactNetwork(run.folder)) && (await compactRun(run, commands)) === null)
    return undefined;
  const node = await trainingNode(vscode.Uri.file(run.folder));
  const plan = await planBaselines(run.folder, kinds, true);
  const git = await gitState(path.dirname(run.configFile ?? run.folder));
  const created = await createBaselines(run.folder, plan, { versions: versionsOf(extension, node), git });
  const [first, ...more] = created.map(({ folder }) => folder);
  return first === undefined ? undefined : trainOrRemove([first, ...more], node, extension);
}

interface KindPick extends vscode.QuickPickItem {
  readonly baseline: BaselineKind;
}

/** All are picked but those that are there already. */
async function pickKinds(run: ListedRun, list: RunList): Promise<BaselineKind[]> {
  const present = new Map(baselinesAmong(list.runs, run.id).map((it) => [it.baseline.kind, it]));
  const isCompacted = await hasCompactNetwork(run.folder);
  const items = baselineKinds
    .filter((kind) => !isOwnBaseline(run.config, kind))
    .map((kind): KindPick => {
      const there = present.get(kind);
      const needsCompacting = kind === 'narrow' && !isCompacted;
      const { label, detail } = kindTexts()[kind];
      const description = there
        ? vscode.l10n.t('there already: {0}', statusWord(there.status))
        : needsCompacting
          ? vscode.l10n.t('the run is compacted first')
          : '';
      return { baseline: kind, label, detail, description, picked: !there };
    });
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Baselines of {0}', run.name),
    placeHolder: vscode.l10n.t('Which ones? They train one after another, with the seed and the recipe of the run.'),
  });
  return (chosen ?? []).map(({ baseline }) => baseline);
}

function kindTexts(): Record<BaselineKind, { readonly label: string; readonly detail: string }> {
  return {
    dense: { label: vscode.l10n.t('Dense'), detail: vscode.l10n.t('Nothing is pruned.') },
    hard: { label: vscode.l10n.t('Hard'), detail: vscode.l10n.t('Pruned filters never come back.') },
    narrow: {
      label: vscode.l10n.t('Narrow from scratch'),
      detail: vscode.l10n.t('The shape of the compact network, trained from random weights.'),
    },
  };
}
