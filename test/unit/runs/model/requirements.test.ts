import { describe, expect, it } from 'vitest';
import { referenceOf, referenceSchema, requirementsOf, type Reference } from '../../../../src/runs/model/requirements';
import type { Certificate } from '../../../../src/runs/model/certificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const certificate = plausibleRun({ epochs: 3, certificate: {} }).history.certificate!;
const own = referenceOf(certificate);
const met = (reference: Reference | null, drop: number, slower: number, of: Certificate = certificate) =>
  Object.fromEntries(requirementsOf(of, { reference, drop, slower }).map(({ what, met: isMet }) => [what, isMet]));

describe('a run is judged', () => {
  it('by its own masked network, where there is no reference', () => {
    expect(met(null, 0.5, 0)).toEqual({ equal: true, accuracy: true, time: true });
  });

  it('by exactly the drop that is allowed', () => {
    const reference = { ...own, accuracy: own.accuracy + 0.005 };
    expect(met(reference, 0.5, 10).accuracy).toBe(true);
    expect(met(reference, 0.499, 10).accuracy).toBe(false);
  });

  it('by its part of the masked network’s time', () => {
    const before = { ...own, timeLeft: own.timeLeft! / 1.2 };
    expect([met(before, 1, 19).time, met(before, 1, 21).time]).toEqual([false, true]);
  });

  it('not by times that the reference has not, but by its own it is', () => {
    expect(met({ ...own, timeLeft: null }, 1, 10)).toEqual({ equal: true, accuracy: true });
    expect(met(null, 1, 10, { ...certificate, latency: null }).time).toBe(false);
  });
});

it('what is written can be read', () => {
  expect(referenceSchema.parse(JSON.parse(JSON.stringify(own)))).toEqual(own);
  expect(own.timeLeft).toBeLessThan(1);
});
