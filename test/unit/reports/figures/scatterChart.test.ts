import { expect, test } from 'vitest';
import { scatterChart, type ScatterPoint } from '../../../../src/reports/figures/scatterChart';

const titles = { label: 'costs', xTitle: 'FLOPs left (%)', yTitle: 'Accuracy (%)', most: 100, mostCost: 100 };
const point = (series: number, x: number, y: number, interval: ScatterPoint['interval'] = null): ScatterPoint => ({
  ...{ series, x, y, interval },
  runs: [
    { x, y: y - 0.1 },
    { x, y: y + 0.1 },
  ],
});

test('the front is ringed and joined by steps, level until the next setting is reached', () => {
  const [cheap, beaten, best] = [point(0, 40, 90), point(1, 60, 89), point(2, 80, 92)];
  const { text } = scatterChart({ ...titles, points: [cheap, beaten, best], front: [cheap, best] });
  expect(text.match(/class="ring"/g)).toHaveLength(2);
  const [, x, y, along, up] = /class="front" d="M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)"/.exec(text)!.map(Number);
  expect(along!).toBeGreaterThan(x!);
  expect(up!).toBeLessThan(y!);
});

test('an interval that is far wider than what there is to see is cut off, and squeezes nothing', () => {
  const points = [point(0, 40, 90, { low: -200, high: 400 }), point(1, 60, 91, { low: 90.5, high: 91.5 })];
  const { text } = scatterChart({ ...titles, points, front: [] });
  const ticks = [...text.matchAll(/text-anchor="end">([\d.]+)</g)].map(([, tick]) => Number(tick));
  expect(Math.min(...ticks)).toBeGreaterThan(85);
  expect(Math.max(...ticks)).toBeLessThan(95);
  const ends = [...text.matchAll(/class="interval" d="M[\d.]+ (-?[\d.]+)V(-?[\d.]+)"/g)].flatMap(([, from, to]) => [
    Number(from),
    Number(to),
  ]);
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(14);
  expect(Math.max(...ends)).toBeLessThanOrEqual(270);
});
