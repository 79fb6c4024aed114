import { describe, expect, test } from 'vitest';
import type { Certificate, Latency } from '../../../../src/runs/model/certificate';
import {
  isEqual,
  latencyWithAllThreads,
  lostSavings,
  realSaving,
} from '../../../../src/runs/model/certificateFindings';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const certificate = plausibleRun({ epochs: 3, certificate: {} }).history.certificate!;

test('networks are equal up to a tenth of a thousandth of the range of their logits', () => {
  const differing = (largestDifference: number) => ({ equality: { images: 1, largestDifference, logitsRange: 20 } });
  expect(isEqual(differing(0))).toBe(true);
  expect(isEqual(differing(0.002))).toBe(true);
  expect(isEqual(differing(0.00201))).toBe(false);
  expect(isEqual(differing(NaN))).toBe(false);
});

test('what is saved is told of the FLOPs that were built and of the time', () => {
  const duration = (median: number) => ({ median, low: median, high: median });
  const latency: Latency = { batch: 1, threads: 1, masked: duration(8), compact: duration(6) };
  const multiplyAdds = { dense: 1000, theoretical: 500, built: 600 };
  expect(realSaving({ ...certificate, multiplyAdds }, latency)).toEqual({ theoretical: 0.4, measured: 0.25 });
});

describe('what was measured with all threads', () => {
  test('is that with the most, whatever the order', () => {
    expect(latencyWithAllThreads(certificate, 64)).toMatchObject({ batch: 64, threads: 8 });
    const measured = certificate.latency!.measured.toReversed();
    const reversed: Certificate = { ...certificate, latency: { ...certificate.latency!, measured } };
    expect(latencyWithAllThreads(reversed, 1)).toMatchObject({ batch: 1, threads: 8 });
  });

  test('is null where nothing was', () => {
    expect(latencyWithAllThreads(certificate, 32)).toBeNull();
    expect(latencyWithAllThreads({ ...certificate, latency: null }, 64)).toBeNull();
  });
});

describe('where the rest of a saving went', () => {
  const count = (built: number) => ({ dense: 100, theoretical: built, built });
  const layer = (name: string, filters: number, runAs: number) => ({
    name,
    filters: count(filters),
    multiplyAdds: count(10 * filters),
    runAs,
  });
  const multiplyAdds = { dense: 1000, theoretical: 400, built: 400 };

  test('is told the dearest first, then what is not counted', () => {
    const layers = [layer('a', 15, 16), layer('b', 10, 16), layer('c', 16, 16), layer('unread', 0, 0)];
    const lost = lostSavings({
      ...certificate,
      block: 16,
      layers,
      multiplyAdds,
      overheads: ['gather at a shortcut: x'],
    });
    expect(lost).toEqual([
      { text: 'b: 10 filters run as 16, in blocks of 16', share: expect.closeTo(0.06, 10) as number },
      { text: 'a: 15 filters run as 16, in blocks of 16', share: expect.closeTo(0.01, 10) as number },
      { text: 'gather at a shortcut: x', share: null },
    ]);
  });

  test('is nothing where all widths fit', () => {
    expect(lostSavings({ ...certificate, layers: [layer('a', 16, 16)], overheads: [] })).toEqual([]);
  });
});
