import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forecastTable, keepTable, keptTables } from '../../../src/layerTimes/tableFile';
import { buildNetwork } from '../../../src/network/zoo';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { tableOfBlocks } from '../../fixtures/timeTable';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const table = tableOfBlocks(graph, 1e-3);

test('a table is kept, instead of the one of the same conditions', async () => {
  const folder = join(temporaryFolder(), 'engines');
  const newer = { ...table, measured: '2026-12-01T00:00:00.000Z' };
  const other = { ...table, conditions: { ...table.conditions, batchSize: 1 } };
  await keepTable(table, folder);
  await keepTable(other, folder);
  await keepTable(newer, folder);
  expect(await keptTables(folder)).toEqual([newer, other]);
});

test.each(['', '{', '{"formatVersion":1,"tables":[{"conditions":{}}]}', '{"formatVersion":2,"tables":[]}'])(
  'a file %j counts as none',
  async (text) => {
    const folder = temporaryFolder();
    await writeFile(join(folder, 'layerTimes.json'), text);
    expect(await keptTables(folder)).toEqual([]);
  },
);

test('forecasts take a table of this machine, for 64 images on one thread, of whatever version', () => {
  const { conditions } = table;
  const elsewhere = { ...table, conditions: { ...conditions, machine: 'another' } };
  const one = { ...table, conditions: { ...conditions, batchSize: 1 } };
  const older = { ...table, conditions: { ...conditions, node: '1.0.0' } };
  expect(forecastTable([elsewhere, one, older, table])).toBe(older);
  expect(forecastTable([elsewhere, one])).toBeNull();
});
