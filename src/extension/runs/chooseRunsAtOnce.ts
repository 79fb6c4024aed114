import * as vscode from 'vscode';
import { fittingTables } from '../../scheduling/queue/fittingTables';
import { mostAtOnce, type Queue } from '../../scheduling/queue/queue';
import { queueFolder } from '../../scheduling/queue/queueFolder';
import { listQueue } from '../../scheduling/queue/queueList';
import { bestSplit, type MeasuredSplit, type SplitTable } from '../../scheduling/queue/split';
import { setRunsAtOnce } from './steerQueue';

interface SlotsPick extends vscode.QuickPickItem {
  /** Undefined where a number is asked for. */
  readonly slots?: Queue['slots'];
}

/** Asks how many runs train at once, and shows what was measured of it. */
export async function chooseRunsAtOnce(): Promise<void> {
  const { slots, runs } = await listQueue(queueFolder());
  const tables = await fittingTables(runs);
  const automatic: SlotsPick = {
    label: vscode.l10n.t('As many as pay'),
    ...(slots === null && { description: vscode.l10n.t('chosen') }),
    detail: vscode.l10n.t('Found by measuring with the network of the config before the first of several runs starts.'),
    slots: null,
  };
  const other: SlotsPick = { label: vscode.l10n.t('Another number…'), ...chosenNumber(slots, tables) };
  const items = [automatic, ...tables.flatMap((table) => picksOf(table, slots)), other];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Runs at once'),
    placeHolder: vscode.l10n.t('How many runs shall train at once on this machine?'),
  });
  const wanted = chosen === other ? await askForNumber(slots) : chosen?.slots;
  if (wanted !== undefined) await setRunsAtOnce(wanted);
}

/** What was measured with a network, below its name. */
function picksOf(table: SplitTable, slots: Queue['slots']): SlotsPick[] {
  const { network, batchSize, splits } = table;
  const best = bestSplit(splits, Infinity, 0);
  const label = vscode.l10n.t('measured: {0}, batches of {1}', network, batchSize);
  return [
    { label, kind: vscode.QuickPickItemKind.Separator },
    ...splits.map((split) => ({
      label: split.runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs at once', split.runs),
      description: [
        split.threads === 1 ? vscode.l10n.t('1 thread each') : vscode.l10n.t('{0} threads each', split.threads),
        vscode.l10n.t('{0} images/s together', split.imagesPerSecond.toFixed(0)),
        ...(split === best ? [vscode.l10n.t('the fastest')] : []),
        ...(isChosen(split, slots) ? [vscode.l10n.t('chosen')] : []),
      ].join(' · '),
      slots: { runs: split.runs, threads: split.threads },
    })),
  ];
}

function isChosen({ runs, threads }: MeasuredSplit, slots: Queue['slots']): boolean {
  return slots !== null && slots.runs === runs && (slots.threads === null || slots.threads === threads);
}

function chosenNumber(slots: Queue['slots'], tables: readonly SplitTable[]): { description?: string } {
  if (slots === null || tables.some(({ splits }) => splits.some((split) => isChosen(split, slots)))) return {};
  return { description: vscode.l10n.t('chosen: {0}', slots.runs) };
}

async function askForNumber(slots: Queue['slots']): Promise<Queue['slots'] | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Runs at once'),
    prompt: vscode.l10n.t('A number from 1 to {0}; the cores are divided among the runs.', mostAtOnce),
    value: slots === null ? '' : String(slots.runs),
    validateInput: (text) =>
      numberOf(text) === null ? vscode.l10n.t('Give a number from 1 to {0}.', mostAtOnce) : null,
  });
  const runs = answer === undefined ? null : numberOf(answer);
  return runs === null ? undefined : { runs, threads: null };
}

function numberOf(text: string): number | null {
  const runs = text.trim() === '' ? NaN : Number(text);
  return Number.isInteger(runs) && runs >= 1 && runs <= mostAtOnce ? runs : null;
}
