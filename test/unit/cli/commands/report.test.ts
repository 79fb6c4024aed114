import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../../fixtures/commandLine';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writeRun } from '../../../fixtures/writeRun';

const line = commandLineWithRuns();
const { sfp, runs, file } = line;
const written = (name: string): Promise<string> => readFile(join(line.folder, name), 'utf8');
const names = runs.map(({ manifest }) => manifest.name);

test('runs are reported in one file, the same whenever and in whatever order', async () => {
  const { code, stdout } = await sfp(['report', ...names]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^report\.html: a report of 3 runs, \d+ kB\.\n$/);
  const html = await written('report.html');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain('3 runs of resnet20 on CIFAR-10');
  expect(html).not.toContain(line.folder);
  const again = await sfp(['report', ...names.toReversed(), '--out', 'again.html', '--json'], {
    env: { TZ: 'Asia/Tokyo' },
  });
  expect(JSON.parse(again.stdout)).toMatchObject({ file: 'again.html', bytes: Buffer.byteLength(html) });
  expect(await written('again.html')).toBe(html);
});

test('the name of an experiment stands for all of its runs', async () => {
  const pair = [1, 2].map((seed) => plausibleRun({ epochs: 3, seed, name: `pair-${seed}`, experiment: 'pair' }));
  for (const run of pair) await writeRun(join(line.folder, '.sfp', 'runs'), run);
  const ids = async (...asked: string[]): Promise<string[]> => {
    const { stdout } = await sfp(['report', ...asked, '--out', 'experiment.html', '--force', '--json']);
    return (JSON.parse(stdout) as { runs: string[] }).runs.sort();
  };
  const both = pair.map(({ manifest }) => manifest.id).sort();
  expect(await ids('pair')).toEqual(both);
  expect(await ids('pair-1', 'pair')).toEqual(both);
  expect(await ids('pair-1')).toHaveLength(1);
  const missing = await sfp(['report', 'nothing-of-this-name']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/There is no run "nothing-of-this-name"/);
});

test('a file that is there is replaced with --force alone, and a link never', async () => {
  await file('kept.html', 'mine');
  const refused = await sfp(['report', names[0]!, '--out', 'kept.html']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/kept\.html is there already; --force replaces it/);
  expect(await written('kept.html')).toBe('mine');
  expect((await sfp(['report', names[0]!, '--out', 'kept.html', '--force'])).code).toBe(0);
  expect(await written('kept.html')).toMatch(/^<!doctype html>/);
  await writeFile(join(line.folder, 'target.html'), 'theirs');
  await rm(join(line.folder, 'link.html'), { force: true });
  await symlink('target.html', join(line.folder, 'link.html'));
  expect((await sfp(['report', names[0]!, '--out', 'link.html', '--force'])).code).toBe(1);
  expect(await written('target.html')).toBe('theirs');
});
