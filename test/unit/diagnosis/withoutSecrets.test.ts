import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../../src/diagnosis/withoutSecrets';

const surroundings = {
  home: '/home/ada',
  user: 'ada',
  environment: { NPM_TOKEN: 'abc123def', CI_PASSWORD: 'geheim!', SHORT_TOKEN: 'to', PATH: '/usr/bin' },
};
const shown = (text: string) => withoutSecrets(text, surroundings);

describe('a text that may be shown to strangers', () => {
  it.each([
    ['/home/ada/.cache/sfp-lab is full', '~/.cache/sfp-lab is full'],
    ['/home/adam/runs', '/home/***/runs'],
    ['the folder /home/ada', 'the folder ~'],
    ['C:\\Users\\Grace\\runs', 'C:\\Users\\***\\runs'],
    ['/Users/grace/runs', '/Users/***/runs'],
    ['owned by ada, not by adamant', 'owned by ***, not by adamant'],
  ])('names no home: %s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('knows a home of Windows whatever its letters’ case', () => {
    const windows = { home: 'C:\\Users\\Ada', user: 'Ada', environment: {} };
    expect(withoutSecrets('c:\\users\\ada\\AppData is full', windows)).toBe('~\\AppData is full');
  });

  it.each([
    ['proxy http://ada:pw@proxy.example:8080 refused', 'proxy http://***@proxy.example:8080 refused'],
    ['proxy http://only-user@proxy.example', 'proxy http://***@proxy.example'],
    ['http://user:p@ss@proxy.example/x', 'http://***@proxy.example/x'],
    ['https://host.example/file?X-Signature=123&key=4 broke', 'https://host.example/file?*** broke'],
    ['//registry.npmjs.org/:_authToken=0f1e2d3c-uuid', '//registry.npmjs.org/:_authToken=***'],
    ['npm_abcdefghijklmnopqrstuvwxyz0123456789', '***'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '***'],
    ['Authorization: Bearer eyJhbGciOi.J9-x_y', 'Authorization: Bearer ***'],
    ['it said abc123def and geheim! to us', 'it said *** and *** to us'],
  ])('has stars for secrets: %s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each(['https://host.example/file', 'rate 0.3 to 0.4', '/usr/bin/node', 'see docs/engines.md', 'npm ci'])(
    'leaves the rest as it is: %s',
    (text) => {
      expect(shown(text)).toBe(text);
    },
  );

  it('cannot talk to a terminal', () => {
    expect(shown('a\u001b]52;c;AAAA\u0007b\u202ec\nd')).toBe('a\\u001b]52;c;AAAA\\u0007b\\u202ec\\nd');
  });
});
