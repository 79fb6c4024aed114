import { expect, test, vi } from 'vitest';
import { layerTimes, type LayerTimesOptions } from '../../../src/latency/layerTimes';
import { spreadOf } from '../../../src/engines/latency/spread';
import { keptTables } from '../../../src/layerTimes/tableFile';
import { buildNetwork } from '../../../src/network/zoo';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { tableOfBlocks } from '../../fixtures/timeTable';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const deeper = buildNetwork('resnet56', { channels: 3, height: 32, width: 32 }, 10);
const quiet = { usedByOthers: 0, slowRound: 1, fastRound: 1 };
const busy = { ...quiet, usedByOthers: 0.6 };

function laboratory(steadiness = quiet) {
  const timeModels = vi.fn(() =>
    Promise.resolve({ spreads: [spreadOf([2e-3, 1e-3]), spreadOf([6e-4])], steadiness: quiet }),
  );
  const timeConvolutions = vi.fn(() => Promise.resolve({ shapes: tableOfBlocks(graph, 1).shapes, steadiness }));
  const folder = temporaryFolder();
  const { signal } = new AbortController();
  const options: LayerTimesOptions = { folder, signal, timeModels, timeConvolutions };
  return { options, folder, timeModels, timeConvolutions };
}

test('what is missing is measured once, and kept', async () => {
  const { options, folder, timeModels, timeConvolutions } = laboratory();
  const first = await layerTimes(graph, options);
  expect(first).toMatchObject({ measuredNow: true, busy: false, table: { networks: [{ dense: 1e-3, half: 6e-4 }] } });
  expect(await keptTables(folder)).toEqual([first.table]);
  expect(await layerTimes(graph, options)).toEqual({ table: first.table, measuredNow: false, busy: false });
  expect([timeModels, timeConvolutions].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

test('of another network with the same layers only the network itself is measured', async () => {
  const { options, folder, timeModels, timeConvolutions } = laboratory();
  await layerTimes(graph, options);
  const { table } = await layerTimes(deeper, options);
  expect(table.networks.map(({ name }) => name)).toEqual(['resnet20', 'resnet56']);
  expect(await keptTables(folder)).toEqual([table]);
  expect([timeModels, timeConvolutions].map(({ mock }) => mock.calls.length)).toEqual([2, 1]);
});

test('what a busy machine gave is used, told, and not kept', async () => {
  const { options, folder, timeConvolutions } = laboratory(busy);
  const { table, busy: wasBusy } = await layerTimes(graph, options);
  expect([wasBusy, table.networks[0]?.dense]).toEqual([true, 1e-3]);
  expect(await keptTables(folder)).toEqual([]);
  await layerTimes(graph, options);
  expect(timeConvolutions).toHaveBeenCalledTimes(2);
});

test('measuring again replaces what is there', async () => {
  const { options, folder, timeConvolutions } = laboratory();
  await layerTimes(graph, options);
  const { table } = await layerTimes(graph, { ...options, again: true });
  expect(timeConvolutions).toHaveBeenCalledTimes(2);
  expect(await keptTables(folder)).toEqual([table]);
});
