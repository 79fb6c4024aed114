import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shellWord } from '../../../../src/runs/model/shellWord';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

test('an id that we made stays as it is', () => {
  expect(shellWord('20261124T060721Z-resnet20-l1_x.y-a1b2c3')).toBe('20261124T060721Z-resnet20-l1_x.y-a1b2c3');
});

test('words and letters of all languages stay what they are, in quotes', () => {
  expect(shellWord('mein Lauf für Zoë')).toBe("'mein Lauf für Zoë'");
});

test.skipIf(process.platform === 'win32')(
  'no other text does anything in a shell, or is more than one argument',
  () => {
    const folder = temporaryFolder();
    const mark = 'mark';
    const attacks = ["'", '"', '`', '\\', "\\'", '\n', '$(', '’', '&', '|', ';', '>', '^', '%', '\u001b]52;c;x\u0007'];
    for (const attack of attacks)
      for (const id of [`x${attack}touch ${mark}`, `x${attack};touch ${mark};${attack}`, `${attack} touch ${mark})`]) {
        const told = execFileSync('sh', ['-c', `printf '[%s]' ${shellWord(id)}`], { cwd: folder, encoding: 'utf8' });
        expect(told).toMatch(/^\[[^[\]]*\]$/);
      }
    for (const id of ['', '~', '*', '# x', '!!']) expect(shellWord(id)).toMatch(/^'[? x]*'$/);
    expect(existsSync(join(folder, mark))).toBe(false);
  },
);

test('what begins as an option does is none', () => {
  expect(shellWord('--all')).toBe("-- '--all'");
});
