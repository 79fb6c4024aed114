import type { PoolSensitivity, Sensitivity } from '../../runs/model/sensitivity';
import { asLayerRates, suggestedRates, type SuggestedRate } from '../../runs/model/suggestedRates';
import { measureSensitivity } from '../../analysis/sensitivity/measureSensitivity';
import { taskOfConfig, taskOfRun, type SensitivityTask } from '../../analysis/sensitivity/task';
import { percent } from '../figures';
import { isFile, shortPath } from '../paths';
import { asUsage, UsageError } from '../problems';
import { findRun, runsFolderNear, runsFolderOf } from '../runFolders';
import { StopSignal } from '../stopSignal';
import { table } from '../table';
import { colours, note, print, printJson } from '../terminal';

export interface SensitivityOptions {
  readonly checkpoint?: string;
  readonly rates: readonly number[];
  readonly images: number;
  /** Allowed drop of the accuracy in points. */
  readonly drop: number;
  /** Prints the suggested rates alone, as a piece of config. */
  readonly suggest?: boolean;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `sfp sensitivity`: how accuracy falls when layers are pruned one at a time, and which rates follow from that. */
export async function sensitivity(subject: string, options: SensitivityOptions): Promise<void> {
  const task = await taskOf(subject, options);
  const stop = new StopSignal();
  const say = (text: string): void => {
    if (options.json) printJson({ type: 'note', text });
    else note(text);
  };
  try {
    const measured = await measureSensitivity(task, options, {
      signal: stop.signal,
      onPreparing: say,
      onNote: say,
      onPool: (so, pool) => {
        tellPool(so, pool, say, options);
      },
    });
    tellAll(measured, task, options);
  } finally {
    stop.dispose();
  }
}

async function taskOf(subject: string, { checkpoint, runs }: SensitivityOptions): Promise<SensitivityTask> {
  const isConfig = /\.jsonc?$/.test(subject) && (await isFile(subject));
  if (!isConfig) return taskOfRun(await findRun(subject, await runsFolderOf(runs)), checkpoint ?? 'best');
  if (checkpoint !== undefined)
    throw new UsageError('--checkpoint names one of a run; a config names its weights in training.initialWeights.');
  return asUsage(async () => taskOfConfig(subject, runs ?? (await runsFolderNear('.'))));
}

function tellPool(
  { pools, poolCount }: Sensitivity,
  pool: PoolSensitivity | null,
  say: (text: string) => void,
  { json }: SensitivityOptions,
): void {
  if (json && pool) printJson({ type: 'pool', done: pools.length, of: poolCount, pool });
  else if (pool) say(`${pools.length} of ${poolCount}: ${pool.name}`);
  else if (pools.length > 0) say(`${pools.length} of ${poolCount} were measured before`);
}

function tellAll(measured: Sensitivity, { file }: SensitivityTask, { drop, suggest, json }: SensitivityOptions): void {
  const suggested = suggestedRates(measured, drop / 100);
  const layers = asLayerRates(suggested);
  if (json) printJson({ type: 'done', file, sensitivity: measured, drop: drop / 100, suggested, layers });
  else if (suggest) print(snippet(layers));
  else printFigures(measured, suggested, { file, drop });
}

/** What can be pasted between the outer braces of a config. */
function snippet(layers: ReturnType<typeof asLayerRates>): string {
  const lines = Object.entries(layers).map(([name, { rate }]) => `    ${JSON.stringify(name)}: { "rate": ${rate} }`);
  return `"pruning": {\n  "layers": {\n${lines.join(',\n')}\n  }\n}`;
}

function printFigures(
  { subject, base, engine, pools }: Sensitivity,
  suggested: readonly SuggestedRate[],
  { file, drop }: { readonly file: string; readonly drop: number },
): void {
  const { dim } = colours();
  print(
    `${subject.weights}, ${subject.criterion}, ${subject.groups}: ${percent(base.accuracy)} of ${subject.images} validation images (${engine})`,
  );
  const columns = [
    { title: pools.some(({ layers }) => layers.length > 1) ? 'layers' : 'layer' },
    ...['filters', 'pruned', ...subject.rates.map(String), `within ${drop}`].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  const rows = pools.map((pool, index) => [
    nameOf(pool),
    String(pool.groups),
    String(pool.prunedBefore),
    ...pool.points.map(({ accuracy }) => (100 * accuracy).toFixed(1)),
    String(suggested[index]!.rate),
  ]);
  print(table(columns, rows, dim));
  print(
    dim(
      `Accuracy in % when the layer alone is pruned by the rate above it; "pruned" are those that already were. Kept in ${shortPath(file)}.`,
    ),
  );
}

function nameOf({ name, layers }: PoolSensitivity): string {
  return layers.length === 1 ? name : `${name} and ${layers.length - 1} more`;
}
