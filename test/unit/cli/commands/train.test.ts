import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../fixtures/commandLine';

const { sfp, file } = commandLine();

describe('sfp train with a config that has a mistake', () => {
  it.each([
    ['an unknown key', '{\n  "trainig": {}\n}', /^bad\.sfp\.json:2:3: .*trainig.*training/],
    ['a wrong type', '{ "training": { "epochs": "many" } }', /^bad\.sfp\.json:1:27: .*many/],
    ['a rate of 1.2', '{\n  "pruning": { "rate": 1.2 }\n}', /^bad\.sfp\.json:2:24: .*1\.2/],
    ['something that is no JSON', 'epochs: 12', /^bad\.sfp\.json:1:1: /],
  ])('tells %s by file, line and column, exit code 2', async (_, text, sentence) => {
    const config = await file('bad.sfp.json', text);
    const { code, stdout, stderr } = await sfp(['train', config]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('tells with --verbose where the error came from', async () => {
    const config = await file('bad.sfp.json', '{ "pruning": { "rate": 1.2 } }');
    const { stderr } = await sfp(['train', config, '--verbose']);
    expect(stderr).toMatch(/^ +at /m);
  });

  it('that is not there is wrong usage too', async () => {
    const { code, stderr } = await sfp(['train', 'nowhere.sfp.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere.sfp.json');
  });
});
