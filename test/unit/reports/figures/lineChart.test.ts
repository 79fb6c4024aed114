import { expect, test } from 'vitest';
import { lineChart, type LinePoint } from '../../../../src/reports/figures/lineChart';

const titles = { label: 'accuracy', xTitle: 'Epochs trained', yTitle: 'Accuracy (%)', most: 100 };

test('a line goes from its first to its last point, with both axes titled', () => {
  const { text } = lineChart({
    ...titles,
    lines: [
      {
        series: 0,
        points: [
          { x: 0, y: 0 },
          { x: 10, y: 50 },
        ],
      },
    ],
  });
  expect(text).toMatch(/<path class="line" d="M58 \d+(\.\d)?L466 [\d.]+"\/>/);
  expect(text).toContain('>Epochs trained</text>');
  expect(text).toContain('>Accuracy (%)</text>');
});

test('a mean has a band of what is averaged, and a long line no more points than can be seen', () => {
  const points = Array.from({ length: 5000 }, (_, x): LinePoint => ({ x, y: 50, low: 40, high: 60 }));
  const { text } = lineChart({ ...titles, lines: [{ series: 1, points }] });
  expect(text).toMatch(/class="band c1"/);
  const [, path] = /<path class="line" d="([^"]*)"/.exec(text)!;
  expect(path!.split('L')).toHaveLength(160);
});
