import { describe, expect, it } from 'vitest';
import { engineFindings } from '../../../src/diagnosis/engines';

const { signal } = new AbortController();

describe('engines', () => {
  const candidates = [
    { id: 'tensorflow/gpu', title: 'tensorflow on the GPU', available: false, reason: 'Not set up.' },
    { id: 'tensorflow/cpu', title: 'tensorflow on the CPU', available: true, reason: 'Set up.' },
    { id: 'onnxruntime/cpu', title: 'onnxruntime on the CPU', available: true, reason: 'Comes along.' },
  ];
  const found = () => Promise.resolve(candidates);
  const place = { cache: '/cache', signal };

  it('are tried, and tell their versions or why they do not work', async () => {
    const check = (id: string) =>
      id === 'onnxruntime/cpu'
        ? Promise.resolve({ onnxruntime: '1.2', node: '20' })
        : Promise.reject(new Error('libfoo.so is missing.'));
    expect(await engineFindings(place, check, found)).toEqual([
      { verdict: 'good', what: 'onnxruntime on the CPU trains rightly (onnxruntime 1.2, node 20).', remedy: null },
      { verdict: 'absent', what: 'tensorflow on the GPU is not used. Not set up.', remedy: null },
      {
        verdict: 'remark',
        what: 'tensorflow on the CPU does not work: libfoo.so is missing.',
        remedy: expect.stringContaining('sfp engines setup --force') as string,
      },
    ]);
  });

  it('are a problem without onnxruntime, and no other is loaded then', async () => {
    const check = () => Promise.reject(new Error('its process was ended by SIGILL without a word'));
    const [finding, ...others] = await engineFindings(place, check, () => {
      throw new Error('It was asked for others.');
    });
    expect(finding?.verdict).toBe('problem');
    expect(finding?.what).toContain('SIGILL');
    expect(others).toEqual([]);
  });

  it('that are cancelled are not said to be broken', async () => {
    const cancelled = AbortSignal.abort(new Error('Stopped.'));
    const check = () => Promise.reject(new Error('killed'));
    await expect(engineFindings({ cache: '/cache', signal: cancelled }, check, found)).rejects.toThrow('Stopped.');
  });
});
