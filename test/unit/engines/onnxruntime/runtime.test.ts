import { describe, expect, it } from 'vitest';
import { sessionOptions } from '../../../../src/engines/onnxruntime/runtime';
import { sharedCores } from '../../../../src/engines/onnxruntime/sharedCores';

const settings = { threads: 2, optimization: 'all' } as const;

describe('what a session asks onnxruntime for', () => {
  it('is short waits and small parts of work where it shares the cores', () => {
    expect(sessionOptions({ ...settings, sharesCores: true }).extra).toMatchObject({ session: sharedCores });
  });

  it("is onnxruntime's own way to wait otherwise, as other programs have it", () => {
    expect(sessionOptions(settings).extra).toMatchObject({ session: {} });
    expect(sessionOptions(settings).extra).not.toMatchObject({ session: sharedCores });
  });

  it('is no fall back to the CPU where it runs on a GPU, sharing the cores or not', () => {
    for (const sharesCores of [true, false])
      expect(sessionOptions({ ...settings, device: 'webgpu', sharesCores }).extra).toMatchObject({
        session: { disable_cpu_ep_fallback: '1' },
      });
  });
});
