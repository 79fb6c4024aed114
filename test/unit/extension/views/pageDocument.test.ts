import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { pageDocument, type PageStart } from '../../../../src/extension/views/pageDocument';

const documentWith = (start: Partial<PageStart>, built = { script: 'start()', styles: 'p { color: red }' }): string =>
  pageDocument({
    page: 'dashboard',
    language: 'en',
    ...built,
    nonce: 'bm9uY2U',
    start: { load: 3, kept: null, notice: null, ...start },
  });

test('has its script and styles in it and loads nothing; everything else is denied', () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(documentWith({}))!;
  expect(policy!.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'nonce-bm9uY2U'",
    "style-src 'nonce-bm9uY2U'",
    'font-src data:',
    'img-src data:',
  ]);
  expect(documentWith({}).match(/<script/g)).toHaveLength(1);
  expect(documentWith({})).toContain('<script nonce="bm9uY2U">start()</script>');
  expect(documentWith({})).toContain('<style nonce="bm9uY2U">p { color: red }</style>');
  expect(documentWith({})).not.toMatch(/\s(src|href)=/);
});

test('keeps a script and a style sheet whole that speak of their own elements', () => {
  const script = 'const text = "</script><!-- </SCRIPT>";';
  const html = documentWith({}, { script, styles: 'p::after { content: "</style>" }' });
  expect(html.match(/<\/script/gi)).toHaveLength(1);
  expect(html.match(/<\/style/gi)).toHaveLength(1);
  expect(html).not.toContain('<!--');
  const [, inside = ''] = /<script[^>]*>(.*)<\/script>/s.exec(html) ?? [];
  expect(runInNewContext(`${inside} text`)).toBe('</script><!-- </SCRIPT>');
});

test('says its number, and nothing else on the first try', () => {
  expect(documentWith({})).toContain('data-load="3"');
  expect(documentWith({})).not.toContain('data-kept');
  expect(documentWith({})).not.toContain('id="notice"');
});

test('what was kept and the notice stay text', () => {
  const kept = JSON.stringify({ runIds: ['"><script>alert(1)</script>'] });
  const text = documentWith({ kept, notice: 'Try 2 < 4 & <b>"so"</b>' });
  expect(text).toContain('data-kept="{&quot;runIds&quot;:[&quot;\\&quot;>&lt;script>alert(1)&lt;/script>&quot;]}"');
  expect(text).toContain('<p id="notice">Try 2 &lt; 4 &amp; &lt;b>&quot;so&quot;&lt;/b></p>');
});
