import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../fixtures/commandLine';

const { sfp } = commandLine();

describe('usage', () => {
  it.each([[['--help']], [['train', '--help']], [['compare', '--help']], [['data', 'get', '--help']]])(
    '%j teaches with examples',
    async (args) => {
      const { code, stdout, stderr } = await sfp(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/Examples:\n {2}sfp /);
    },
  );

  it.each([
    [['prune']],
    [['flops']],
    [['data', 'get', 'imagenet']],
    [['mask', 'w', '--criterion', 'l7', '--rate', '0.1']],
  ])('%j is wrong: exit code 2', async (args) => {
    const { code, stdout } = await sfp(args);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(await sfp(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
