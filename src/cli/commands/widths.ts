import { busyNote, layerTimes, type LayerTimes } from '../../latency/layerTimes';
import { shapesToMeasure, shapeText } from '../../layerTimes/convolutions';
import { worthTheirTime } from '../../layerTimes/networkTimes';
import { secondsByWidth, timesOf, type ShapeTimes, type TimeTable } from '../../layerTimes/timeTable';
import type { LayerGraph } from '../../network/graph';
import { namedNetwork } from '../networkArgument';
import { asUsage } from '../problems';
import { isFile } from '../paths';
import { ProgressDisplay } from '../progressDisplay';
import { StopSignal } from '../stopSignal';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

export interface WidthsOptions {
  /** A network or a config file. */
  readonly network: string;
  readonly measureAgain: boolean;
  readonly json: boolean;
}

/** `sfp engines --widths`: times of a network's layers by width on this machine, measured where they are missing. */
export async function widths({ network, measureAgain, json }: WidthsOptions): Promise<void> {
  const graph = await asUsage(() => graphOf(network));
  const times = await measured(graph, measureAgain, json);
  const shapes = shapesToMeasure(graph).map((shape) => timesOf(times.table, shape, shape.most)!);
  if (json)
    printJson({
      ...times.table,
      shapes: shapes.map((shape) => ({ ...shape, worth: worthOf(shape) })),
      busy: times.busy,
    });
  else printTimes(shapes, times);
}

async function graphOf(network: string): Promise<LayerGraph> {
  if (!(await isFile(network))) return namedNetwork(network, 'cifar10');
  const { loadExperiment } = await import('../../experiment/load');
  return (await loadExperiment(network)).runs[0].graph;
}

async function measured(graph: LayerGraph, again: boolean, json: boolean): Promise<LayerTimes> {
  const stop = new StopSignal();
  const display = new ProgressDisplay('Measuring layers of every width, about a minute:');
  let begun = false;
  const onProgress = (fraction: number): void => {
    if (json) return;
    if (!begun) display.begin();
    begun = true;
    display.show(fraction);
  };
  try {
    return await layerTimes(graph, { signal: stop.signal, onProgress, again });
  } finally {
    display.end();
    stop.dispose();
  }
}

/** Widths from which one channel more, in and out, costs visibly more. */
function worthOf(shape: ShapeTimes): number[] {
  return worthTheirTime(timesByWidth(shape)).map((index) => index + 1);
}

/** Seconds of a convolution with 1, 2, … channels in and out. */
function timesByWidth(shape: ShapeTimes): number[] {
  const secondsOf = secondsByWidth(shape);
  return Array.from({ length: shape.most }, (_, index) => secondsOf({ inputs: index + 1, outputs: index + 1 }));
}

function printTimes(shapes: readonly ShapeTimes[], { table: { conditions, measured: when }, busy }: LayerTimes): void {
  const { bold, dim, green } = colours();
  const { threads, batchSize, onnxruntime } = conditions;
  const images = batchSize === 1 ? 'one image' : `${batchSize} images`;
  print(
    bold(
      `Milliseconds of a convolution with batch norm and ReLU, ${images}, ${threads} thread${threads === 1 ? '' : 's'}`,
    ),
  );
  print(dim(`${conditions.machine}, onnxruntime ${onnxruntime}, measured ${when.slice(0, 10)}\n`));
  const rows = shapes.flatMap((shape) => {
    const times = timesByWidth(shape);
    const worth = worthOf(shape);
    return diagonal(shape).map((width, index) => [
      index === 0 ? shapeText(shape) : '',
      String(width),
      (1000 * times[width - 1]!).toFixed(4),
      worth.includes(width) ? green('worth it') : '',
    ]);
  });
  const right = (title: string) => ({ title, align: 'right' as const });
  print(table([{ title: 'layer' }, right('channels in and out'), right('ms'), { title: '' }], rows, dim));
  print(
    '\nWorth it: a width above which every one costs visibly more. Prune to these, or let "roundTo": "machine" do it.',
  );
  if (busy) print(busyNote);
}

/** The widths that were measured with as many channels in as out. */
function diagonal({ pairs }: TimeTable['shapes'][number]): number[] {
  return pairs.flatMap(([one, other]) => (one === other ? [one] : []));
}
