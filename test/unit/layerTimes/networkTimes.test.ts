import { describe, expect, test } from 'vitest';
import { missingTimes, networkTimes, worthTheirTime } from '../../../src/layerTimes/networkTimes';
import { fullWidths } from '../../../src/network/cost';
import { buildNetwork } from '../../../src/network/zoo';
import { widthForecast } from '../../../src/pruning/forecast';
import { prunableOf } from '../../../src/pruning/groups';
import { tableOfBlocks } from '../../fixtures/timeTable';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const prunable = prunableOf(graph, 'coupled');
const table = tableOfBlocks(graph, 1e-3);
const times = networkTimes(graph, prunable, table)!;

describe('the times of a network', () => {
  test('are those of the dense network where nothing is pruned', () => {
    expect(times.secondsAt(fullWidths(graph))).toBeCloseTo(1e-3, 12);
  });

  test('fall by what the narrower convolutions take less', () => {
    const whole = prunable.pools.map(({ groups }) => groups.length);
    const inner = prunable.pools.findIndex(({ name }) => name === 'stage3.block2.conv1');
    const halved = times.secondsAt(widthForecast(graph, prunable)(whole.with(inner, 32)));
    // Two convolutions of 64 by 64 channels at 8x8 are half as large.
    expect(1e-3 - halved).toBeCloseTo(1e-12 * 9 * 64 * 64 * 64, 12);
  });

  test('are those of the halved network where half of all is pruned, and of the dense one where nothing is', () => {
    const networks = table.networks.map((each) => ({ ...each, half: 4e-4 }));
    const between = networkTimes(graph, prunable, { ...table, networks })!;
    const half = prunable.pools.map(({ groups }) => groups.length / 2);
    expect(between.secondsAt(widthForecast(graph, prunable)(half))).toBeCloseTo(4e-4, 12);
    expect(between.secondsAt(fullWidths(graph))).toBeCloseTo(1e-3, 12);
  });

  test('make whole blocks worth their time, and nothing between', () => {
    const pool = (name: string) => prunable.pools.find((each) => each.name === name)!;
    expect(times.usefulKept(pool('stage3.block2.conv1'))).toEqual([16, 32, 48, 64]);
    expect(times.usefulKept(pool('stage1.block2.conv1'))).toEqual([16]);
  });
});

describe('a table', () => {
  test('lacks everything where there is none, and nothing of its own network', () => {
    expect(missingTimes(graph, null)).toMatchObject({ network: true, shapes: { length: 6 } });
    expect(missingTimes(graph, table)).toEqual({ network: false, shapes: [] });
  });

  test('of a smaller network lacks only the deeper network itself', () => {
    const deeper = buildNetwork('resnet56', { channels: 3, height: 32, width: 32 }, 10);
    expect(missingTimes(deeper, table)).toEqual({ network: true, shapes: [] });
    expect(networkTimes(deeper, prunableOf(deeper, 'coupled'), table)).toBeNull();
  });

  test('of smaller images lacks their shapes', () => {
    const smaller = buildNetwork('resnet20', { channels: 1, height: 28, width: 28 }, 10);
    expect(missingTimes(smaller, table).shapes).toHaveLength(6);
  });
});

test('worth their time are those that are visibly below every later one', () => {
  expect(worthTheirTime([10, 20, 20.1, 15, 30])).toEqual([0, 3, 4]);
  expect(worthTheirTime([5, 5, 5])).toEqual([2]);
});
