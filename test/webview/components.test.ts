import { describe, expect, test } from 'vitest';
import { asCsv, asMarkdown } from '../../webview/components/clipboard';
import { cellOf, filterAt, layOut } from '../../webview/components/filterLayout';
import { filterLife, recordAt, returnedFilters } from '../../webview/components/filterLife';
import { compact, duration, percent, points, significant, tick } from '../../webview/components/numbers';

/** Prunings of one layer, masks as text, with made-up norms. */
const records = (...masks: string[]) =>
  masks.map((mask, index) => ({
    epoch: index - 1,
    layers: [
      {
        name: 'conv',
        mask: Uint8Array.from(mask, Number),
        norms: Float32Array.from(mask, (_, filter) => 1 + filter + index),
      },
    ],
  }));

describe('the life of a filter', () => {
  const story = records('1100', '1010', '0110', '1110');

  test('since when it is kept or pruned, and how often it came back', () => {
    expect(filterLife(story, 3, 0, 0)).toMatchObject({ kept: true, since: 2, returns: 1 });
    expect(filterLife(story, 2, 0, 0)).toMatchObject({ kept: false, since: 1, returns: 0 });
    expect(filterLife(story, 3, 0, 1)).toMatchObject({ kept: true, since: 1, returns: 1 });
    expect(filterLife(story, 3, 0, 3)).toMatchObject({ kept: false, since: -1, returns: 0 });
  });

  test('its norm, and its share of the largest of the layer', () => {
    expect(filterLife(story, 1, 0, 0)).toMatchObject({ norm: 2, share: 2 / 5 });
  });

  test('which filters came back at a pruning', () => {
    expect(returnedFilters(story, 0, 0)).toEqual([]);
    expect(returnedFilters(story, 1, 0)).toEqual([2]);
    expect(returnedFilters(story, 3, 0)).toEqual([0]);
  });

  test('the pruning at an epoch, or the last one before it', () => {
    const sparse = [-1, 0, 5, 10].map((epoch) => ({ epoch, layers: [] }));
    expect([null, -1, 0, 4, 5, 99].map((epoch) => recordAt(sparse, epoch))).toEqual([3, 0, 1, 1, 2, 3]);
    expect(recordAt([], null)).toBe(-1);
  });
});

describe('the layout of filters', () => {
  test('breaks lines at powers of two, with cells of one size for all layers', () => {
    expect(layOut(64, 64, 1000)).toMatchObject({ columns: 64, lines: 1, cellWidth: 14 });
    expect(layOut(64, 64, 260)).toMatchObject({ columns: 32, lines: 2, cellWidth: 8 });
    expect(layOut(16, 64, 260)).toMatchObject({ columns: 32, lines: 1, cellWidth: 8 });
    expect(layOut(48, 48, 130)).toMatchObject({ columns: 16, lines: 3 });
  });

  test('finds the filter under a point, and none beside the cells', () => {
    const layout = layOut(20, 64, 260);
    for (const filter of [0, 7, 19]) {
      const { x, y, width, height } = cellOf(layout, filter);
      expect(filterAt(layout, 20, x + width / 2, y + height / 2)).toBe(filter);
    }
    expect(filterAt(layout, 20, 21 * layout.cellWidth, 2)).toBeNull();
    expect(filterAt(layout, 20, -1, 2)).toBeNull();
    expect(filterAt(layout, 20, 2, layout.cellHeight + 1)).toBeNull();
  });
});

test('numbers read as people write them', () => {
  expect([percent(0.39043), percent(1, 0), points(0.1234), points(-0.0001)]).toEqual([
    '39.0\u202f%',
    '100\u202f%',
    '12.3 points',
    '0.0 points',
  ]);
  expect([compact(40_550_400), compact(125_485_056), compact(269_722), compact(950)]).toEqual([
    '40.6\u202fM',
    '125\u202fM',
    '270\u202fk',
    '950',
  ]);
  expect([significant(12.345), significant(0.012345), significant(1234.5), significant(Number.NaN)]).toEqual([
    '12.3',
    '0.0123',
    '1235',
    'not a number',
  ]);
  expect([1500, 100, 1, 0.5, 0.0008, 0].map(tick)).toEqual(['1500', '100', '1', '0.5', '0.0008', '0']);
  expect([duration(0), duration(59.7), duration(3599), duration(7500), duration(300_000)]).toEqual([
    '0\u202fs',
    '1\u202fmin',
    '1\u202fh 00\u202fmin',
    '2\u202fh 05\u202fmin',
    '3 days',
  ]);
});

test('tables for the clipboard keep what their format would take for its own', () => {
  const cells = [
    ['Run', 'a|b'],
    ['says "yes", or', null],
  ];
  expect(asCsv(cells)).toBe('Run,a|b\n"says ""yes"", or",\n');
  expect(asMarkdown(cells)).toBe('| Run | a\\|b |\n| --- | --- |\n| says "yes", or |  |\n');
});
