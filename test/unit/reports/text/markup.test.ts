import { expect, test } from 'vitest';
import { lines, markup } from '../../../../src/reports/text/markup';
import { markup as hostile } from '../../../fixtures/longHistory';

test('whatever is put into a template is text there, in elements, attributes and lists', () => {
  const text = markup`<p title="${'" onclick="x'}">${[hostile, "'", 3, null, false, markup`<b>${'&'}</b>`]}</p>`.text;
  expect(text).toBe(
    '<p title="&quot; onclick=&quot;x">&lt;img src=x onerror=&quot;document.title=1&quot;&gt;&lt;/td&gt;&#96;${1}&#39;3<b>&amp;</b></p>',
  );
});

test('an object that only looks like markup is not taken for it', () => {
  const forged = { text: '<script>' } as unknown as string;
  expect(() => markup`${forged}`.text).toThrow();
});

test('what cannot be seen is written as an escape, and lines stay lines', () => {
  expect(markup`${'a\u202eb\n'}`.text).toBe('a\\u202eb\\n');
  expect(lines(['<a', 'b\u0000']).text).toBe('&lt;a\nb\\u0000');
});
