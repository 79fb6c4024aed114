import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { runConfigSchema, type ConfigInput } from '../../../../src/config/schema';
import { planPruning } from '../../../../src/experiment/pruningPlan';
import type { TimeTable } from '../../../../src/layerTimes/timeTable';
import { buildNetwork } from '../../../../src/network/zoo';
import { runTimes } from '../../../../src/training/run/runTimes';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';
import { tableOfBlocks } from '../../../fixtures/timeTable';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const first = tableOfBlocks(graph, 4e-5);
/** Of a machine on which every width takes what it computes. */
const other: TimeTable = {
  ...first,
  shapes: first.shapes.map((shape) => ({
    ...shape,
    pairs: shape.pairs.map(([one, two]): [number, number, number] => [
      one,
      two,
      1e-12 * shape.kernel ** 2 * shape.height * shape.width * one * two,
    ]),
  })),
};

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const decided = async (pruning: ConfigInput['pruning'], table: TimeTable): Promise<readonly number[]> => {
  const config = runConfigSchema.parse({ name: 'net', pruning }).pruning;
  const times = await runTimes(folder, graph, config.groups, () => Promise.resolve(table));
  return planPruning(graph, config, times).kept.exact;
};

test.each([
  ['roundTo "machine"', { rate: 0.4, roundTo: 'machine', groups: 'coupled' }],
  ['a target of time', { target: { latency: 0.6 }, groups: 'coupled' }],
] as const)('a run that goes on with another table of times keeps its widths: %s', async (_what, pruning) => {
  const before = await decided(pruning, first);
  expect(await decided(pruning, other)).toEqual(before);
  // On its own the other table decides otherwise.
  folder = temporaryFolder();
  expect(await decided(pruning, other)).not.toEqual(before);
});

test('a run that goes on measures nothing', async () => {
  await runTimes(folder, graph, 'coupled', () => Promise.resolve(first));
  await runTimes(folder, graph, 'coupled', () => Promise.reject(new Error('measured again')));
  const kept = JSON.parse(await readFile(join(folder, 'layerTimes.json'), 'utf8')) as { table: TimeTable };
  expect(kept.table).toEqual(first);
});

test.each([
  ['is damaged', '{"formatVersion": 1}'],
  ['lacks times of some layers', JSON.stringify({ formatVersion: 1, table: { ...first, shapes: [] } })],
])('a file that %s is told, with the way out', async (what, text) => {
  await writeFile(join(folder, 'layerTimes.json'), text);
  await expect(runTimes(folder, graph, 'coupled', () => Promise.resolve(first))).rejects.toThrow(
    new RegExp(
      `layerTimes\\.json ${what}.*; delete it to have this machine measured, which may decide other widths\\.$`,
    ),
  );
});
