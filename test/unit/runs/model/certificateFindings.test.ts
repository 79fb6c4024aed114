import { describe, expect, test } from 'vitest';
import type { Certificate, Latency } from '../../../../src/runs/model/certificate';
import {
  comparedImages,
  explainedGap,
  isEqual,
  latencyTarget,
  latencyWithAllThreads,
  lostSavings,
  realSaving,
} from '../../../../src/runs/model/certificateFindings';
import type { CertificateOptions } from '../../../fixtures/plausibleCertificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const certificateWith = (options: CertificateOptions): Certificate =>
  plausibleRun({ epochs: 3, certificate: options }).history.certificate!;
const certificate = certificateWith({});

test('networks are equal up to a tenth of a thousandth of the range of their logits', () => {
  const differing = (largestDifference: number) => ({ equality: { images: 1, largestDifference, logitsRange: 20 } });
  expect(isEqual(differing(0))).toBe(true);
  expect(isEqual(differing(0.002))).toBe(true);
  expect(isEqual(differing(0.00201))).toBe(false);
  expect(isEqual(differing(NaN))).toBe(false);
});

test('what is promised is what the masks alone leave, whatever was added to it', () => {
  const duration = (median: number) => ({ median, low: median, high: median });
  const latency: Latency = { batch: 1, threads: 1, masked: duration(8), compact: duration(6) };
  const multiplyAdds = { dense: 1000, theoretical: 500, built: 600 };
  expect(realSaving({ ...certificate, multiplyAdds }, latency)).toEqual({ theoretical: 0.5, measured: 0.25 });
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

describe('a target of time', () => {
  const reached = (options: CertificateOptions) => latencyTarget(certificateWith(options));

  test('is held against what 64 images on one thread took', () => {
    const { asked, reached: share } = reached({ targetLatency: 0.6 })!;
    expect(asked).toBe(0.6);
    const { masked, compact } = certificate.latency!.measured.find(
      ({ batch, threads }) => batch === 64 && threads === 1,
    )!;
    expect(share).toBeCloseTo(compact.median / masked.median, 12);
  });

  test('is left out where none was set or nothing was measured', () => {
    expect(reached({})).toBeNull();
    expect(reached({ targetLatency: 0.6, measured: false })).toBeNull();
    expect(reached({ targetLatency: 0.6, threads: [8] })).toBeNull();
  });
});

describe('where the rest of a saving went', () => {
  const lost: Certificate['lost'] = [
    { kind: 'added', text: 'border correction: 1 more filter in a', share: 0.01 },
    { kind: 'gather', text: 'gather at a shortcut: x', share: null },
    { kind: 'filled', text: 'b: 10 filters run as 16, in blocks of 16', share: 0.06 },
  ];

  test('is told the dearest first, then what is not counted', () => {
    expect(lostSavings({ lost }).map(({ text }) => text)).toEqual([lost[2]!.text, lost[0]!.text, lost[1]!.text]);
  });

  test('explains a part of what is missing, all of it at the most, and nothing where nothing is missing', () => {
    const duration = (median: number) => ({ median, low: median, high: median });
    const latency = (compact: number): Latency => {
      return { batch: 64, threads: 1, masked: duration(100), compact: duration(compact) };
    };
    const counted = { ...certificate, lost, multiplyAdds: { dense: 1000, theoretical: 500, built: 510 } };
    const found = explainedGap(counted, latency(70))!;
    expect([found.gap, found.counted, found.explained]).toEqual(
      [0.2, 0.07, 0.35].map((value) => expect.closeTo(value, 10) as number),
    );
    expect(explainedGap(counted, latency(51))!.explained).toBe(1);
    expect(explainedGap(counted, latency(50))).toBeNull();
  });
});

test('a part of the test images is told to be one', () => {
  const on = (images: number) => comparedImages({ ...certificate, equality: { ...certificate.equality, images } });
  expect(on(10_000)).toBe('all 10,000 test images');
  expect(on(500)).toBe('500 of 10,000 test images (data.limit)');
});
