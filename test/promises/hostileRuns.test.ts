import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../../src/formats/safetensors';
import { LockFiles } from '../../src/runs/lock/lockFiles';
import { commandLineWithRuns } from '../fixtures/commandLine';
import type { Ended } from '../fixtures/builtProgram';

/** Into the clipboard, into the title, over the screen in two ways, backwards, and a line that looks like ours. */
const attack = '\u001b]52;c;eA==\u0007\u001b]0;owned\u0007\u001b[2J\u009b2J\u202e\nnet-l2  finished';
const shown = String.raw`\u001b]52;c;eA==\u0007\u001b]0;owned\u0007\u001b[2J\u009b2J\u202e\nnet-l2  finished`;

const line = commandLineWithRuns();
const [first, second, third] = line.runs.map(({ manifest }) => manifest.id) as [string, string, string];

beforeAll(async () => {
  for (const id of [first, second]) {
    const folder = join(line.folder, '.sfp', 'runs', id);
    const manifest = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
    const changed = {
      ...manifest,
      name: `${String(manifest.name)}${attack}`,
      experiment: attack,
      status: id === first ? 'failed' : 'finished',
      error: attack,
      configFile: `/configs/${attack}`,
      engine: { name: attack, device: attack, versions: {}, reason: attack },
      git: { commit: attack, dirty: false },
    };
    await writeFile(join(folder, 'run.json'), JSON.stringify(changed));
    const warning = { type: 'warning', time: '2026-01-01T00:00:00.000Z', message: attack };
    await appendFile(join(folder, 'events.jsonl'), `${JSON.stringify(warning)}\n`);
  }
  // One that is trained elsewhere, as far as its lock tells.
  const trained = join(line.folder, '.sfp', 'runs', third);
  const manifest = JSON.parse(await readFile(join(trained, 'run.json'), 'utf8')) as object;
  await writeFile(join(trained, 'run.json'), JSON.stringify({ ...manifest, status: 'running', process: null }));
  await new LockFiles(trained).make(1, { pid: 7, host: attack, space: attack, started: attack, since: attack });
  const data = new Float32Array(8);
  const tensors = new Map([[`${attack}.weight`, { shape: [2, 1, 2, 2], data }]]);
  await writeFile(join(line.folder, 'weights.safetensors'), encodeSafetensors(tensors));
  const config = { pruning: { layers: { 'x\u202e*': { rate: 0.1 } } }, [attack]: 1 };
  await writeFile(join(line.folder, 'net.sfp.json'), JSON.stringify(config));
});

function expectHarmless({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toMatch(/[^\P{C}\n]/u);
  expect(stdout + stderr).not.toMatch(/^net-l2 {2}finished/m);
}

describe('what comes from a file is shown, and does nothing', () => {
  test.each([
    ['list'],
    ['show', first],
    ['compare', first, second],
    ['stop', second],
    ['baseline', first, '--kind', 'narrow'],
    ['export', first, 'epoch-99'],
    ['resume', third],
    ['compact', first],
    ['sensitivity', first],
    ['doctor'],
    ['mask', 'weights.safetensors', '--criterion', 'l1', '--rate', '0.5'],
    ['flops', 'net.sfp.json'],
    ['train', 'net.sfp.json'],
  ])('sfp %s', async (...args) => {
    const ended = await line.sfp(args, { env: { SFP_LAB_CACHE: join(line.folder, 'cache') } });
    expectHarmless(ended);
    expect(ended.stdout + ended.stderr).not.toContain('Unexpected error');
  });

  test('an argument that is told again', async () => {
    const name = attack.replace('\n', ' ');
    expectHarmless(await line.sfp(['show', name]));
    expectHarmless(await line.sfp([name]));
  });

  test.each([
    ['list', shown],
    ['show', shown, first],
    ['compare', shown, first, second],
    ['resume', `process 7 on ${shown}`, third],
    ['doctor', shown],
    ['mask', `${shown}.weight`, 'weights.safetensors', '--criterion', 'l1', '--rate', '0.5'],
    ['flops', String.raw`\u001b]52;c;eA==`, 'net.sfp.json'],
  ])('sfp %s: it can be seen', async (command, text, ...args) => {
    const env = { SFP_LAB_CACHE: join(line.folder, 'cache') };
    const { stdout, stderr } = await line.sfp([command, ...args], { env });
    expect(stdout + stderr).toContain(text);
  });

  test.each([
    ['list', '--json'],
    ['show', first, '--json'],
    ['compare', first, second, '--json'],
    ['mask', 'weights.safetensors', '--criterion', 'l1', '--rate', '0.5', '--json'],
  ])('sfp %s %s: JSON is one line of text', async (...args) => {
    const ended = await line.sfp(args);
    expectHarmless(ended);
    expect(ended.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(ended.stdout)).toBeTypeOf('object');
  });
});
