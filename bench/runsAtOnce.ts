import Table from 'cli-table3';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { enginesFolder } from '../src/base/cacheFolder';
import { runConfigSchema, type RunConfig } from '../src/config/schema';
import { datasetInfo } from '../src/data/sets/datasetInfo';
import { resolveRun } from '../src/experiment/resolve';
import { measureSplits } from '../src/scheduling/queue/process/measureSplits';
import { bestSplit, type MeasuredSplit, type SplitTable } from '../src/scheduling/queue/split';
import { median } from './subject';

interface RunsAtOnceBench {
  readonly arch: RunConfig['model']['arch'];
  readonly batchSize: number;
  readonly cores: number;
  readonly repeats: number;
}

/**
 * `npm run bench -- --runs-at-once`: what several runs at once make together, measured as the queue does, again and again; and what
 * it chooses against one run after another, and against as many times the rate of one thread alone as there are cores.
 */
export async function runsAtOnceBench({ arch, batchSize, cores, repeats }: RunsAtOnceBench): Promise<string> {
  const config = runConfigSchema.parse({ name: 'bench', model: { arch }, training: { batchSize } });
  const { graph } = resolveRun(config, datasetInfo(config.data.dataset));
  const { optimizer } = config.training;
  const settings = { threads: null, tf32: false, enginesFolder: enginesFolder() };
  const order = { id: 'onnxruntime/cpu', settings, workload: { graph, batchSize, optimizer }, cores, imageBytes: 0 };
  const options = {
    signal: new AbortController().signal,
    freeBytes: freemem,
    onMeasuring: () => undefined,
    script: join(__dirname, 'measureEngine.js'),
  };
  const rounds: SplitTable['splits'][] = [];
  const alone: number[] = [];
  let disturbed = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const all = await measureSplits(order, options);
    const oneThread = await measureSplits({ ...order, cores: 1 }, options);
    rounds.push(all.splits);
    alone.push(oneThread.splits[0].imagesPerSecond);
    disturbed += Number(all.disturbed) + Number(oneThread.disturbed);
  }
  return textOf(rounds, { cores, alone: median(alone), disturbed });
}

function textOf(
  rounds: readonly SplitTable['splits'][],
  { cores, alone, disturbed }: { readonly cores: number; readonly alone: number; readonly disturbed: number },
): string {
  const ratesOf = ({ runs, threads }: MeasuredSplit): number[] =>
    rounds.flatMap((splits) =>
      splits.filter((each) => each.runs === runs && each.threads === threads).map((each) => each.imagesPerSecond),
    );
  const [first, ...others] = rounds[0]!;
  const medianOf = (split: MeasuredSplit): MeasuredSplit => ({ ...split, imagesPerSecond: median(ratesOf(split)) });
  const medians: SplitTable['splits'] = [medianOf(first), ...others.map(medianOf)];
  const best = bestSplit(medians, Infinity, 0);
  const table = new Table({
    head: [
      'runs at once',
      'threads each',
      'images/s together',
      'lowest',
      'highest',
      'MB each',
      'x one after another',
      '',
    ],
    colAligns: ['right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const split of medians) {
    const rates = ratesOf(split);
    table.push([
      ...[split.runs, split.threads, split.imagesPerSecond.toFixed(0)],
      ...[Math.min(...rates).toFixed(0), Math.max(...rates).toFixed(0), (split.peakBytes / 2 ** 20).toFixed(0)],
      (split.imagesPerSecond / medians[0].imagesPerSecond).toFixed(2),
      split === best ? 'chosen' : '',
    ]);
  }
  const share = best.imagesPerSecond / (cores * alone);
  return [
    table.toString(),
    `One thread alone: ${alone.toFixed(0)} images/s; what is chosen makes ${share.toFixed(2)} of ${cores} times that.`,
    `${disturbed} of ${2 * rounds.length} measurements were disturbed by other programs.`,
  ].join('\n');
}
