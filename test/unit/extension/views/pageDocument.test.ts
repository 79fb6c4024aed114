import { expect, test } from 'vitest';
import { pageDocument, type PageStart } from '../../../../src/extension/views/pageDocument';

const documentWith = (start: Partial<PageStart>): string =>
  pageDocument({
    language: 'en',
    origin: 'https://origin.test',
    script: 'https://origin.test/dashboard.js',
    styleSheet: 'https://origin.test/dashboard.css',
    nonce: 'bm9uY2U',
    start: { load: 3, kept: null, notice: null, ...start },
  });

test('denies everything but its own script, style sheet, fonts and pictures', () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(documentWith({}))!;
  expect(policy!.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'nonce-bm9uY2U'",
    "style-src https://origin.test 'nonce-bm9uY2U'",
    'font-src https://origin.test',
    'img-src https://origin.test data:',
  ]);
  expect(documentWith({}).match(/<script/g)).toHaveLength(1);
  expect(documentWith({})).toContain('<script nonce="bm9uY2U" src="https://origin.test/dashboard.js">');
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
