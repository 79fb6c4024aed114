import { describe, expect, it } from 'vitest';
import { nodeFindings } from '../../../src/diagnosis/nodeVersion';

describe('Node', () => {
  it.each(['20.19.0', '20.19.1', '22.0.0'])('%s is new enough', (version) => {
    expect(nodeFindings(version)).toMatchObject([{ verdict: 'good' }]);
  });
  it.each(['20.18.9', '18.20.0'])('%s is a problem that says what to install', (version) => {
    expect(nodeFindings(version)).toMatchObject([{ verdict: 'problem', remedy: 'Install Node 20.19 or newer.' }]);
  });
});
