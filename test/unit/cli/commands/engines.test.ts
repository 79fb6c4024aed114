import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Measurements } from '../../../../src/engines/choice/measurements';
import { commandLine } from '../../../fixtures/commandLine';

const line = commandLine();

describe('sfp engines --measure-again', () => {
  it('forgets what auto has measured, and says how many', async () => {
    const enginesFolder = join(line.folder, 'cache', 'engines');
    const rate = { imagesPerSecond: 100, slowestRound: 95, fastestRound: 105, usedByOthers: 0 };
    const measurements = await Measurements.open(enginesFolder);
    for (const title of ['one', 'another', 'a third'])
      await measurements.add(title, { ...rate, title, network: 'resnet20', batchSize: 128, measured: '2026-11-24' });
    const env = { SFP_LAB_CACHE: join(line.folder, 'cache') };
    const first = await line.sfp(['engines', '--measure-again'], { env });
    expect(first).toEqual({
      code: 0,
      stdout: '3 measurements are forgotten: "auto" will measure again.\n',
      stderr: '',
    });
    expect(await readdir(enginesFolder)).toEqual([]);
    const second = await line.sfp(['engines', '--measure-again'], { env });
    expect(second.stdout).toBe('"auto" had nothing measured that could be forgotten.\n');
    const third = await line.sfp(['engines', '--measure-again', '--json'], { env });
    expect(JSON.parse(third.stdout)).toEqual({ forgotten: 0 });
  });
});
