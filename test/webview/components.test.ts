import { describe, expect, test } from 'vitest';
import type { Pruning } from '../../src/runs/model/history';
import { asCsv, asMarkdown } from '../../src/runs/model/tableText';
import { cellOf, filterAt, layOut } from '../../webview/components/filterLayout';
import { filterLife, pruningAt, returnedFilters } from '../../webview/components/filterLife';
import { compact, duration, percent, points, significant, tick } from '../../webview/components/numbers';

function pruningOf(epoch: number, filters: number, record: Pruning['record']): Pruning {
  const layers = [{ name: 'conv', filters, pruned: 0, returned: 0 }];
  const multiplyAdds = { dense: 1, paper: 1, exact: 1 };
  return { event: { type: 'pruned', time: '', epoch, record: epoch + 1, rate: 0.5, layers, multiplyAdds }, record };
}

/** Prunings of one layer, masks as text, with made-up scores; a mask of `?` stands for a damaged record. */
const prunings = (...masks: string[]) =>
  masks.map((mask, index) => {
    const scores = Float32Array.from(mask, (_, filter) => 1 + filter + index);
    const layers = [{ name: 'conv', mask: Uint8Array.from(mask, Number), scores }];
    return pruningOf(index - 1, 4, mask.includes('?') ? null : { epoch: index - 1, layers });
  });

describe('the life of a filter', () => {
  const story = prunings('1100', '1010', '0110', '1110');

  test('since when it is kept or pruned, and how often it came back', () => {
    expect(filterLife(story, 3, 'conv', 0)).toMatchObject({ kept: true, since: 2, returns: 1, complete: true });
    expect(filterLife(story, 2, 'conv', 0)).toMatchObject({ kept: false, since: 1, returns: 0, complete: true });
    expect(filterLife(story, 3, 'conv', 1)).toMatchObject({ kept: true, since: 1, returns: 1 });
    expect(filterLife(story, 3, 'conv', 3)).toMatchObject({ kept: false, since: -1, returns: 0 });
  });

  test('its score, and its share of the largest of the layer', () => {
    expect(filterLife(story, 1, 'conv', 0)).toMatchObject({ score: 2, share: 2 / 5 });
  });

  test('which filters came back at a pruning', () => {
    expect(returnedFilters(story, 0, 'conv')).toEqual([]);
    expect(returnedFilters(story, 1, 'conv')).toEqual([2]);
    expect(returnedFilters(story, 3, 'conv')).toEqual([0]);
  });

  test('is told from the records that can be read, and says where some cannot', () => {
    const holed = prunings('1100', '????', '0110', '1110');
    expect(filterLife(holed, 0, 'conv', 0)).toMatchObject({ complete: true });
    expect(filterLife(holed, 1, 'conv', 0)).toBeNull();
    expect(filterLife(holed, 3, 'conv', 0)).toMatchObject({ kept: true, since: 2, returns: 1, complete: false });
    expect(filterLife(holed, 2, 'conv', 1)).toMatchObject({ kept: true, since: -1, returns: 0, complete: false });
    expect(filterLife(prunings('????', '1010'), 1, 'conv', 0)).toMatchObject({ since: 0, complete: false });
    expect([1, 2, 3].map((at) => returnedFilters(holed, at, 'conv'))).toEqual([[], [], [0]]);
  });

  test('is nothing in a layer that the network does not have', () => {
    expect(filterLife(story, 3, 'other', 0)).toBeNull();
    expect(returnedFilters(story, 3, 'other')).toEqual([]);
  });

  test('the pruning at an epoch, or the last one before it', () => {
    const sparse = [-1, 0, 5, 10].map((epoch) => pruningOf(epoch, 1, null));
    expect([null, -1, 0, 4, 5, 99].map((epoch) => pruningAt(sparse, epoch))).toEqual([3, 0, 1, 1, 2, 3]);
    expect(pruningAt([], null)).toBe(-1);
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
