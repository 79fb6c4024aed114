import { realpathSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { extensionWith } from '../../fixtures/fakeExtension';
import { FakeVsCode } from '../../fixtures/fakeVsCode';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../src/extension/commandLine');

function command(script: string) {
  const commands = new CommandLine(extensionWith(script));
  const folder = temporaryFolder();
  const lines: unknown[] = [];
  const order = {
    title: 'Doing it',
    args: ['do', 'it'],
    key: 'it',
    busy: 'It is being done already.',
    folder,
    onLine: (value: unknown) => lines.push(value),
  };
  return { commands, folder, lines, order };
}

test('a command runs in the folder with its arguments, and its lines are handed on', async () => {
  const { commands, folder, lines, order } = command(`
    console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));
    console.log('no JSON');`);
  expect(await commands.run(order)).toBe(true);
  expect(lines).toEqual([{ args: ['do', 'it'], cwd: realpathSync(folder) }, undefined]);
});

test('a command that fails says why in its own words', async () => {
  const failing = (script: string) => {
    const { commands, order } = command(script);
    return commands.run(order);
  };
  await expect(failing(`process.stderr.write('The disk is full.\\n'); process.exitCode = 1`)).rejects.toThrow(
    /^The disk is full\.$/,
  );
  await expect(failing('process.exit(3)')).rejects.toThrow('sfp do ended without a word (code 3).');
});

test.skipIf(process.platform === 'win32')(
  'a second one is refused; cancelled, it ends and can be done again',
  async () => {
    const { commands, order } = command(`
    process.on('SIGINT', () => process.exit(130));
    setInterval(() => undefined, 1000);
    console.log('{}');`);
    const begun = new Promise<void>((resolve) => {
      void commands
        .run({
          ...order,
          onLine: () => {
            resolve();
          },
        })
        .then((isDone) => cancelled.push(isDone));
    });
    const cancelled: boolean[] = [];
    await begun;
    await expect(commands.run(order)).rejects.toThrow('It is being done already.');
    shown.cancel();
    await expect.poll(() => cancelled).toEqual([false]);
    const again = commands.run({
      ...order,
      onLine: () => {
        commands.dispose();
      },
    });
    expect(await again).toBe(false);
  },
);
