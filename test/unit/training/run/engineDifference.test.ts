import { describe, expect, it } from 'vitest';
import { engineDifference } from '../../../../src/training/run/engineDifference';

const engine = {
  id: 'onnxruntime/cpu',
  name: 'onnxruntime',
  device: 'CPU (2 threads)',
  versions: { 'onnxruntime-node': '1.30.0', node: '20.20.2' },
  reason: 'The config asks for it.',
};

describe('engineDifference', () => {
  it('finds none where only the reason differs, or nothing was trained before', () => {
    expect(engineDifference(engine, { ...engine, reason: 'The run was trained with it before.' })).toBeNull();
    expect(engineDifference(null, engine)).toBeNull();
  });

  it('tells another device and other versions', () => {
    const versions = { 'onnxruntime-node': '1.31.0', node: '20.20.2' };
    const told = engineDifference(engine, { ...engine, device: 'CPU (4 threads)', versions });
    expect(told).toContain('device CPU (2 threads), now CPU (4 threads); onnxruntime-node 1.30.0, now 1.31.0.');
  });

  it('does not compare the versions of different engines', () => {
    const told = engineDifference(engine, { ...engine, name: 'tensorflow', versions: { tensorflow: '2.21.0' } });
    expect(told).toContain('engine onnxruntime, now tensorflow.');
    expect(told).not.toContain('2.21.0');
  });
});
