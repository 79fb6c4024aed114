import { networkName } from '../../config/networkName';
import { UserError } from '../../base/errors';
import { baselineTitles } from '../../config/baselines';
import { dataName } from '../../config/dataName';
import { lossSentence, lostCheckpoints } from '../../runs/checkpoints/lostCheckpoints';
import { readBaselines, type ListedBaseline } from '../../runs/folder/baselines';
import type { Certificate } from '../../runs/model/certificate';
import { classNamesOf, firstNames } from '../../runs/model/classNames';
import { heldSentence } from '../../runs/model/heldSentence';
import { currentMultiplyAdds, type RunHistory } from '../../runs/model/history';
import { maskHistory, type MaskHistory } from '../../runs/model/maskHistory';
import { readHistory } from '../../runs/folder/reader';
import { certificateRows, lossRows, verdict } from '../certificateText';
import { duration, localTime, loss, millions, percent, speed, unknown } from '../figures';
import { shortPath } from '../paths';
import { findRun, runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

/** `sfp show`: everything that is known about one run. */
export async function show(run: string, options: { readonly runs?: string; readonly json?: boolean }): Promise<void> {
  const folder = await findRun(run, await runsFolderOf(options.runs));
  const history = await readHistory(folder);
  const lost = await lossOf(folder, history);
  const baselines = (await readBaselines(folder, history.manifest.id)).map((run) => judged(run, history));
  if (options.json)
    printJson({
      folder,
      classes: classNamesOf(history.manifest),
      ...withPlainArrays(history),
      lostCheckpoints: lost?.sentence ?? null,
      baselines,
    });
  else printHistory(history, folder, lost, baselines);
}

interface ToldLoss {
  readonly sentence: string;
  /** Somebody removed the checkpoints: nothing is wrong. */
  readonly isHarmless: boolean;
}

/** What a finished run has lost of its checkpoints; null where nothing is. */
async function lossOf(folder: string, { manifest, status }: RunHistory): Promise<ToldLoss | null> {
  if (status !== 'finished') return null;
  try {
    const lost = await lostCheckpoints(folder, manifest, 'lengths');
    return lost && { sentence: lossSentence(manifest.id, lost), isHarmless: lost.how === 'removed' };
  } catch (error) {
    if (error instanceof UserError) return { sentence: error.message, isHarmless: false };
    throw error;
  }
}

/** A baseline of the shown run, and how that run does against it. */
interface JudgedBaseline {
  readonly id: string;
  readonly kind: ListedBaseline['baseline']['kind'];
  readonly status: ListedBaseline['status'];
  /** Test accuracy, as a fraction; null until the baseline has finished. */
  readonly test: number | null;
  /** Test accuracy of the shown run less that of the baseline, in percentage points; null until both are known. */
  readonly points: number | null;
}

function judged({ id, baseline: { kind }, status, summary }: ListedBaseline, { manifest }: RunHistory): JudgedBaseline {
  const test = summary?.test?.accuracy ?? null;
  const own = manifest.summary?.test?.accuracy ?? null;
  return { id, kind, status, test, points: test === null || own === null ? null : 100 * (own - test) };
}

/** JSON has no typed arrays. */
function withPlainArrays(history: RunHistory): object {
  const prunings = history.prunings.map(({ event, record }) => ({
    event,
    record: record && {
      epoch: record.epoch,
      layers: record.layers.map(({ name, scores, mask }) => ({ name, scores: [...scores], mask: [...mask] })),
    },
  }));
  // What nobody has told of yet is left out.
  return { ...history, prunings, recordsAhead: undefined, maskHistory: maskHistory(history.prunings) };
}

function printHistory(
  history: RunHistory,
  folder: string,
  lost: ToldLoss | null,
  baselines: readonly JudgedBaseline[],
): void {
  const { bold, dim, yellow } = colours();
  print(`${bold(history.manifest.id)}  ${statusText(history.status)}`);
  print(table([{ title: '' }, { title: '' }], facts(history, folder)).trimStart());
  if (history.certificate !== null) printLosses(history.certificate);
  if (lost !== null) print(lost.isHarmless ? lost.sentence : yellow(lost.sentence));
  if (history.held !== null) print(heldSentence(history.held));
  for (const warning of history.warnings) print(yellow(warning));
  if (baselines.length > 0) {
    print(`\n${bold('Baselines: the same seed and recipe without this pruning')}`);
    print(table(baselineColumns, baselines.map(baselineRow), dim));
  }
  if (history.epochs.length > 0) print(`\n${table(epochColumns, epochRows(history), dim)}`);
  const pruning = history.prunings.at(-1)?.event;
  if (pruning === undefined) return;
  print(`\n${bold(`Masks of the newest pruning, ${momentOf(pruning.epoch)}`)}`);
  const masks = maskHistory(history.prunings);
  print(courseOf(masks));
  const last = masks.steps.at(-1)?.layers;
  const rows = pruning.layers.map(({ name, filters, pruned, returned }, index) => [
    name,
    String(filters),
    String(filters - pruned),
    String(returned),
    String(last?.[index]?.flips ?? unknown),
    last?.[index]?.jaccard.toFixed(2) ?? unknown,
    stableText(masks.layersStableSince[index]?.epoch ?? null),
  ]);
  const columns = ['filters', 'kept', 'came back', 'changed', 'overlap', 'stable since'].map(right);
  print(table([{ title: 'layer' }, ...columns], rows, dim));
}

/** The dearest reasons alone: `sfp compact` tells more. */
const toldReasons = 3;

function printLosses(certificate: Certificate): void {
  const rows = lossRows(certificate, toldReasons);
  if (rows.length > 0) print(`\nWhere the rest of the compact network's saving went:\n${rows.join('\n')}`);
}

/** What has become of the masks from pruning to pruning, in a sentence. */
function courseOf({ steps, stableSince }: MaskHistory): string {
  if (stableSince !== null) return `No mask has changed since the pruning ${momentOf(stableSince)}.`;
  const last = steps.at(-1)?.network;
  if (!last) return 'It is not known how they differ from those of the pruning before.';
  return `${last.flips} filters changed since the pruning before, ${last.returned} of them came back; of those pruned in either, ${percent(last.jaccard, 0)} are pruned in both.`;
}

function stableText(epoch: number | null): string {
  return epoch === null ? unknown : epoch < 0 ? 'start' : `epoch ${epoch + 1}`;
}

function momentOf(epoch: number): string {
  return epoch < 0 ? 'before epoch 1' : `after epoch ${epoch + 1}`;
}

const baselineColumns = [
  { title: 'baseline' },
  { title: 'run' },
  { title: 'test', align: 'right' as const },
  { title: 'this run', align: 'right' as const },
  { title: '' },
];

function baselineRow({ id, kind, status, test, points }: JudgedBaseline): string[] {
  const against = points === null ? unknown : `${points < 0 ? '' : '+'}${points.toFixed(2)} points`;
  return [baselineTitles[kind], id, percent(test), against, status === 'finished' ? '' : statusText(status)];
}

function facts(history: RunHistory, folder: string): string[][] {
  const { config, engine, configFile, created, git, baseline, data, imported } = history.manifest;
  const { criterion, rate, schedule, everyEpochs } = config.pruning;
  const often = everyEpochs === 1 ? 'epoch' : `${everyEpochs} epochs`;
  return [
    ['folder', shortPath(folder)],
    ...(baseline ? [['baseline', `${baselineTitles[baseline.kind]}, of ${baseline.of}`]] : []),
    ['config', configFile ?? unknown],
    ['network', `${networkName(config.model)} on ${dataName(config.data)}, seed ${config.training.seed}`],
    ...(data ? [['images', data.reading]] : []),
    ...classRows(history.manifest),
    ...importedRows(imported),
    ['pruning', `${schedule}, ${criterion}, rate ${rate}, every ${often}`],
    ['engine', engine === null ? unknown : `${engine.name}, ${engine.device}`],
    ...(engine?.reason ? [['', engine.reason]] : []),
    ...(engine?.operators ? [['', engine.operators]] : []),
    ['created', localTime(created)],
    ['commit', git === null ? unknown : `${git.commit.slice(0, 10)}${git.dirty ? ', with changes' : ''}`],
    ...results(history),
  ];
}

/** More of them would take a second line. */
const mostOfNames = 90;

function classRows(manifest: RunHistory['manifest']): string[][] {
  const names = classNamesOf(manifest);
  if (names === null) return [];
  const first = firstNames(names, mostOfNames);
  const more = first.length < names.length ? `, … (${names.length} in all, which --json tells)` : '';
  return [['classes', `${first.join(', ')}${more}`]];
}

function importedRows(imported: RunHistory['manifest']['imported']): string[][] {
  if (!imported) return [];
  const { file, equality, notes } = imported;
  const found =
    equality === null
      ? 'read, but not compared: onnxruntime does not run such files'
      : `logits as the file’s own in onnxruntime, up to ${equality.largestDifference.toExponential(1)} in a range of ${equality.logitsRange.toPrecision(3)}`;
  return [['', `${shortPath(file)}: ${found}`], ...notes.map((note) => ['', note])];
}

function results(history: RunHistory): string[][] {
  const { manifest, certificate } = history;
  const { summary, error } = manifest;
  const counts = currentMultiplyAdds(history);
  const rows: string[][] = [];
  if (counts !== null) {
    const saved = (count: number): string => `-${percent(1 - count / counts.dense, 1)}`;
    rows.push(['FLOPs', `${millions(counts.dense)} dense, paper ${saved(counts.paper)}, exact ${saved(counts.exact)}`]);
  }
  if (summary !== null)
    rows.push(
      ['validation', percent(summary.validation?.accuracy)],
      ['test', percent(summary.test?.accuracy)],
      ['time', duration(summary.seconds)],
    );
  if (certificate !== null) rows.push(['compact', verdict(certificate)], ...certificateRows(certificate));
  if (error !== null) rows.push(['error', error]);
  return rows;
}

const right = (title: string) => ({ title, align: 'right' as const });
const epochColumns = ['epoch', 'rate', 'loss', 'training', 'before', 'after', 'back', 'images/s', 'time'].map(right);

function epochRows({ epochs, prunings }: RunHistory): string[][] {
  const pruningAfter = new Map(prunings.map(({ event }) => [event.epoch, event]));
  return epochs.map(({ epoch, learningRate, training, before, after, imagesPerSecond, seconds }) => {
    const pruning = pruningAfter.get(epoch);
    return [
      String(epoch + 1),
      String(learningRate),
      loss(training.loss),
      percent(training.accuracy, 1),
      percent(before?.accuracy, 1),
      percent(after?.accuracy, 1),
      pruning === undefined ? unknown : String(pruning.layers.reduce((sum, { returned }) => sum + returned, 0)),
      speed(imagesPerSecond),
      duration(seconds),
    ];
  });
}
