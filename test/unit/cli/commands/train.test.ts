import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../../src/experiment/load';
import { createRuns } from '../../../../src/runs/folder/create';
import { commandLine } from '../../../fixtures/commandLine';

const line = commandLine();
const { sfp, file } = line;

describe('sfp train with a config that has a mistake', () => {
  it.each([
    ['an unknown key', '{\n  "trainig": {}\n}', /^bad\.sfp\.json:2:3: .*trainig.*training/],
    ['a wrong type', '{ "training": { "epochs": "many" } }', /^bad\.sfp\.json:1:27: .*many/],
    ['a rate of 1.2', '{\n  "pruning": { "rate": 1.2 }\n}', /^bad\.sfp\.json:2:24: .*1\.2/],
    ['something that is no JSON', 'epochs: 12', /^bad\.sfp\.json:1:1: /],
  ])('tells %s by file, line and column, exit code 2', async (_, text, sentence) => {
    const config = await file('bad.sfp.json', text);
    const { code, stdout, stderr } = await sfp(['train', config]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('tells with --verbose where the error came from', async () => {
    const config = await file('bad.sfp.json', '{ "pruning": { "rate": 1.2 } }');
    const { stderr } = await sfp(['train', config, '--verbose']);
    expect(stderr).toMatch(/^ +at /m);
  });

  it('that is not there is wrong usage too', async () => {
    const { code, stderr } = await sfp(['train', 'nowhere.sfp.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere.sfp.json');
  });
});

describe('sfp train with runs that are there', () => {
  const there = '{ "name": "there", "sweep": { "training.seed": [1, 2] } }';
  const more = '{ "name": "more", "sweep": { "pruning.rate": [0.3, 0.4], "repeats": 2 } }';

  /** Makes the runs of a config, and has them say how they ended. */
  async function trained(config: string, status: string): Promise<void> {
    const configFile = join(line.folder, config);
    const runsFolder = join(line.folder, '.sfp', 'runs');
    const experiment = await loadExperiment(configFile);
    for (const { folder } of await createRuns(runsFolder, { experiment, configFile, versions: {} })) {
      const manifest = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as object;
      await writeFile(join(folder, 'run.json'), JSON.stringify({ ...manifest, status }));
    }
  }

  beforeAll(async () => {
    await trained(await file('there.sfp.json', there), 'finished');
    await file('more.sfp.json', more);
  });

  it('starts nothing where all are finished, and that is no failure', async () => {
    const { code, stdout } = await sfp(['train', 'there.sfp.json']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      '2 of 2 runs are finished already and are not trained again: there-seed1, there-seed2. --again trains them anyway.\n',
    );
  });

  it('shows with --preview what would be trained, and makes nothing', async () => {
    const { code, stdout } = await sfp(['train', 'more.sfp.json', '--preview']);
    expect(code).toBe(0);
    expect(stdout).toContain('2 of 4 runs are finished already and are not trained again');
    expect(stdout).toMatch(/^2 runs would be trained in /m);
    expect(stdout).toMatch(/^more-rate0.4-seed2 +2 +200 +45,000 /m);
    expect(stdout).toMatch(/Nothing was started\.\n$/);
    const again = await sfp(['train', 'more.sfp.json', '--preview', '--again', '--json']);
    const told = JSON.parse(again.stdout) as { folder: string; runs: { name: string; settings: object }[] };
    expect(told.runs.map(({ settings }) => settings)).toEqual([
      { 'training.seed': 1, 'pruning.rate': 0.3 },
      { 'training.seed': 2, 'pruning.rate': 0.3 },
      { 'training.seed': 1, 'pruning.rate': 0.4 },
      { 'training.seed': 2, 'pruning.rate': 0.4 },
    ]);
    const { runs } = JSON.parse((await sfp(['list', '--json'])).stdout) as { runs: object[] };
    expect(runs).toHaveLength(2);
    expect(dirname(told.folder)).toMatch(/\.sfp$/);
  });

  it('names stopped ones, and does not double them', async () => {
    await trained(await file('begun.sfp.json', '{ "name": "begun", "training": { "epochs": 3 } }'), 'stopped');
    const { code, stdout } = await sfp(['train', 'begun.sfp.json', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'present', name: 'begun', status: 'stopped' });
    const { stdout: text } = await sfp(['train', 'begun.sfp.json']);
    expect(text).toMatch(/^1 of 1 run is begun but not finished, and is left out: begun \(stopped\)\. `sfp resume /);
  });
});
