import { describe, expect, test } from 'vitest';
import { colours, terminalText } from '../../../src/cli/terminal';

const terminal = { isTTY: true, write: () => true };
const pipe = { isTTY: false, write: () => true };

describe('a text for a terminal', () => {
  test('keeps our own colours and lines', () => {
    const { bold, dim, red, green, yellow, cyan, reset } = colours(terminal);
    const text = [bold, dim, red, green, yellow, cyan, reset].map((colour) => colour('text')).join('\n');
    expect(text).toContain('\u001b[31mtext\u001b[39m');
    expect(terminalText(text, terminal)).toBe(text);
    expect(terminalText(bold(`a ${red('nested')} one`), terminal)).toBe(bold(`a ${red('nested')} one`));
  });

  test('has no other sequence: neither the clipboard, nor the title, nor the screen is touched', () => {
    const { red } = colours(terminal);
    const attack = 'a\u001b]52;c;eA==\u0007b\u001b]0;t\u0007c\u001b[2Jd\u001b[8me\u009b2Jf\u001b\u001b[31mg\u202eh\ri';
    expect(terminalText(red(attack), terminal)).toBe(
      red(
        String.raw`a\u001b]52;c;eA==\u0007b\u001b]0;t\u0007c\u001b[2Jd\u001b[8me\u009b2Jf\u001b` +
          '\u001b[31mg' +
          String.raw`\u202eh\ri`,
      ),
    );
  });

  test('has no sequence at all in a pipe', () => {
    expect(terminalText('\u001b[31mred\u001b[39m\n', pipe)).toBe(String.raw`\u001b[31mred\u001b[39m` + '\n');
  });
});
