import { encode } from 'fast-png';
import type { SummaryValue } from '../../formats/tensorBoard/eventFile';
import type { Evaluation, LayerRecord, RunEvent, RunEventOf } from '../../runs/model/format';

/** So many buckets have the scores of a layer. */
const buckets = 30;

/** A mask is drawn with so many filters a row, each a square of so many pixels. */
const filtersARow = 16;
const side = 8;

/** What TensorBoard is told of an event; nothing of most. */
export function summariesOfEvent(event: RunEvent): SummaryValue[] {
  switch (event.type) {
    case 'progress':
      return [scalar('loss/newest steps', event.loss), scalar('training/images per second', event.imagesPerSecond)];
    case 'pruned':
      return ofPruning(event);
    case 'epoch':
      return [
        ...ofEvaluation('training', event.training),
        ...ofEvaluation('validation before pruning', event.before),
        ...ofEvaluation('validation after pruning', event.after),
        scalar('training/learning rate', event.learningRate),
      ];
    case 'finished':
      return ofEvaluation('test', event.test);
    case 'preparing':
    case 'started':
    case 'held':
    case 'checkpoint':
    case 'warning':
    case 'stopped':
    case 'failed':
      return [];
  }
}

/** The scores of every layer as a histogram, and its mask as an image: pruned filters are black. */
export function summariesOfRecord(layers: readonly LayerRecord[]): SummaryValue[] {
  return layers.flatMap(({ name, scores, mask }) => [
    { tag: `scores/${name}`, value: { case: 'histo' as const, value: histogram(scores) } },
    { tag: `masks/${name}`, value: { case: 'image' as const, value: maskImage(mask) } },
  ]);
}

function ofPruning({ rate, layers, multiplyAdds: { dense, paper, exact } }: RunEventOf<'pruned'>): SummaryValue[] {
  const sum = (count: (layer: (typeof layers)[number]) => number) =>
    layers.reduce((total, layer) => total + count(layer), 0);
  return [
    scalar('pruning/rate', rate),
    scalar(
      'pruning/filters pruned',
      sum(({ pruned }) => pruned),
    ),
    scalar(
      'pruning/filters returned',
      sum(({ returned }) => returned),
    ),
    scalar('pruning/FLOPs saved, paper', 1 - paper / dense),
    scalar('pruning/FLOPs saved, exact', 1 - exact / dense),
  ];
}

function ofEvaluation(name: string, evaluation: Evaluation | null): SummaryValue[] {
  if (evaluation === null) return [];
  return [scalar(`accuracy/${name}`, evaluation.accuracy), scalar(`loss/${name}`, evaluation.loss)];
}

function scalar(tag: string, value: number): SummaryValue {
  return { tag, value: { case: 'simpleValue', value } };
}

/** In buckets of one width from the least to the largest score; scores that are no numbers are left out. */
function histogram(scores: Float32Array) {
  const values = scores.filter(Number.isFinite);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return { bucketLimit: [0], bucket: [0] };
  const width = (max - min) / buckets;
  const counts = new Array<number>(width > 0 ? buckets : 1).fill(0);
  for (const value of values) {
    const place = width > 0 ? Math.min(buckets - 1, Math.floor((value - min) / width)) : 0;
    counts[place]! += 1;
  }
  const sumOf = (of: (value: number) => number): number => values.reduce((sum, value) => sum + of(value), 0);
  return {
    min,
    max,
    num: values.length,
    sum: sumOf((value) => value),
    sumSquares: sumOf((value) => value * value),
    bucketLimit: counts.map((_, index) => (index === counts.length - 1 ? max : min + (index + 1) * width)),
    bucket: counts,
  };
}

function maskImage(mask: Uint8Array) {
  const columns = Math.min(filtersARow, mask.length);
  const [width, height] = [columns * side, Math.ceil(mask.length / columns) * side];
  // Where the last row ends early, grey.
  const data = new Uint8Array(width * height).fill(128);
  for (const [filter, kept] of mask.entries()) {
    const [top, left] = [Math.floor(filter / columns) * side, (filter % columns) * side];
    // A line between filters keeps those of one kind apart.
    for (let row = 0; row < side - 1; row++)
      data.fill(kept === 1 ? 255 : 0, (top + row) * width + left, (top + row) * width + left + side - 1);
  }
  return { height, width, colorspace: 1, encodedImageString: encode({ width, height, data, channels: 1, depth: 8 }) };
}
