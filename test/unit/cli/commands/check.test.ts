import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLineWithRuns } from '../../../fixtures/commandLine';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writeRun } from '../../../fixtures/writeRun';

const line = commandLineWithRuns();
const { sfp } = line;
const inFolder = (name: string): string => join(line.folder, name);

async function certified(name: string, certificate: object = {}): Promise<string> {
  await writeRun(inFolder('.sfp/runs'), plausibleRun({ epochs: 3, name, certificate }));
  return name;
}

test('a run is judged by what an earlier one was accepted with', async () => {
  const name = await certified('good');
  const first = await sfp(['check', name, '--write', 'accepted.json']);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^ok {6}The compact network gives the logits/);
  const accepted = JSON.parse(await readFile(inFolder('accepted.json'), 'utf8')) as { accuracy: number };
  expect((await sfp(['check', name, '--against', 'accepted.json', '--drop', '0'])).code).toBe(0);

  await writeFile(inFolder('better.json'), JSON.stringify({ ...accepted, accuracy: accepted.accuracy + 0.02 }));
  const judged = await sfp(['check', name, '--against', 'better.json', '--drop', '1', '--write', 'better.json']);
  expect(judged.code).toBe(1);
  expect(judged.stdout).toMatch(/failed {2}Test accuracy [\d.]+ %, where \S+ had [\d.]+ %; it may fall by 1 point\./);
  // What fails is nothing that later runs are judged by.
  expect(JSON.parse(await readFile(inFolder('better.json'), 'utf8'))).toMatchObject({
    accuracy: accepted.accuracy + 0.02,
  });
  expect((await sfp(['check', name, '--against', 'better.json', '--drop', '2'])).code).toBe(0);
});

test('JSON has each requirement, and the exit code is the same', async () => {
  const { code, stdout } = await sfp(['check', await certified('unequal', { largestDifference: 0.5 }), '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ met: false, requirements: [{ what: 'equal', met: false }, {}, {}] });
});

test('what cannot be judged is said', async () => {
  const name = await certified('unmeasured', { measured: false });
  expect((await sfp(['check', name])).stdout).toMatch(/failed {2}The times were not measured; `sfp compact`/);
  await writeFile(inFolder('other.json'), '{ "accuracy": 2 }');
  const strange = await sfp(['check', name, '--against', 'other.json']);
  expect([strange.code, strange.stderr]).toEqual([
    2,
    expect.stringMatching(/other\.json is no file that `sfp check --write`/),
  ]);
  expect((await sfp(['check', name, '--drop', 'much'])).stderr).toMatch(
    /--drop is "much"; it must be a number of at least 0/,
  );
  expect((await sfp(['check', name, '--against', 'missing.json'])).code).toBe(1);
});
