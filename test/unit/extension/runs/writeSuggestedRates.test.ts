import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { readExperiment } from '../../../../src/experiment/read';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import { writeSensitivity } from '../../../../src/runs/folder/sensitivityFile';
import type { Sensitivity } from '../../../../src/runs/model/sensitivity';
import { suggestedRates } from '../../../../src/runs/model/suggestedRates';
import { listedRun } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';
import { plausibleSensitivity } from '../../../fixtures/plausibleSensitivity';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { experimentFolderOf } = await import('../../../../src/extension/runs/runsFolders');
const { writeSuggestedRates } = await import('../../../../src/extension/runs/writeSuggestedRates');
const text = '{\n  // Mine.\n  "model": { "arch": "resnet20" }\n}\n';
const sensitivity = plausibleSensitivity();
let run: ListedRun;
let config: string;
beforeEach(() => {
  shown.reset();
  const listed = listedRun();
  config = join(experimentFolderOf(listed.folder), 'net.sfp.json');
  writeFileSync(config, text);
  run = { ...listed, configFile: config };
});

const measured = (content: Sensitivity = sensitivity): Promise<void> =>
  writeSensitivity(join(run.folder, 'sensitivity.json'), content);
const edited = (): string | undefined => shown.editors.get(config);

test('the rates come into the editor as an edit, and the file stays as it is until it is saved', async () => {
  await measured();
  await writeSuggestedRates(run, 0.02);
  expect(edited()).toContain('// Mine.');
  const layers = readExperiment(edited()!, config).experiment!.runs[0].config.pruning.layers;
  const wanted = suggestedRates(sensitivity, 0.02).flatMap((pool) =>
    pool.layers.map((name) => [name, expect.objectContaining({ rate: pool.rate }) as unknown] as const),
  );
  expect(layers).toEqual(Object.fromEntries(wanted));
  expect(readFileSync(config, 'utf8')).toBe(text);
});

test('rates that are there already are said to be there, and nothing is edited', async () => {
  await measured();
  await writeSuggestedRates(run, 0.02);
  const once = edited();
  shown.refusesEdits = true;
  await writeSuggestedRates(run, 0.02);
  expect(edited()).toBe(once);
  expect(shown.messages).toEqual([{ kind: 'information', text: 'The config has these rates already.', buttons: [] }]);
});

test('an edit that VS Code refuses is an error', async () => {
  await measured();
  shown.refusesEdits = true;
  await expect(writeSuggestedRates(run, 0.02)).rejects.toThrow('net.sfp.json could not be changed.');
});

test('a sensitivity that is missing or unfinished suggests nothing', async () => {
  await expect(writeSuggestedRates(run, 0.02)).rejects.toThrow('has not been measured');
  await measured(plausibleSensitivity({ measured: 3 }));
  await expect(writeSuggestedRates(run, 0.02)).rejects.toThrow('is not measured to its end');
  expect(edited()).toBeUndefined();
});

test('a config that trains another network now, has a mistake, or lies outside is left alone', async () => {
  await measured();
  writeFileSync(config, text.replace('resnet20', 'resnet56'));
  await expect(writeSuggestedRates(run, 0.02)).rejects.toThrow('has other layers than the network that was measured');
  shown.reset();
  writeFileSync(config, '{ "model": ');
  await expect(writeSuggestedRates(run, 0.02)).rejects.toThrow('The config has a mistake in line');
  const outside = join(temporaryFolder(), 'other.sfp.json');
  writeFileSync(outside, text);
  await expect(writeSuggestedRates({ ...run, configFile: outside }, 0.02)).rejects.toThrow('outside this workspace');
  expect(shown.editors.has(outside)).toBe(false);
});
