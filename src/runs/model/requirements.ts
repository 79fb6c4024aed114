import * as z from 'zod';
import { percent } from './accuracyWords';
import type { Certificate } from './certificate';
import { isEqual, latencyWithAllThreads } from './certificateFindings';

/** Images at once in the times that count. */
const judgedBatch = 64;

/** What a run was worth when it was last accepted: `sfp check --write`. */
export const referenceSchema = z.strictObject({
  formatVersion: z.literal(1),
  run: z.string().max(300),
  /** Of the compact network on the test images, as a fraction. */
  accuracy: z.number().min(0).max(1),
  /** Time of the compact network as a part of the masked one's, both measured in turns; null where it was not measured. */
  timeLeft: z.number().positive().nullable(),
});
export type Reference = z.infer<typeof referenceSchema>;

/** What is asked of a run. */
export interface Requirements {
  /** Null: the masked network of the run itself. */
  readonly reference: Reference | null;
  /** So many points of accuracy the compact network may have less than the reference. */
  readonly drop: number;
  /** By so many percent its time, as a part of the masked network's, may be above the reference's. */
  readonly slower: number;
}

/** One thing that was looked at. */
export interface Requirement {
  readonly what: 'equal' | 'accuracy' | 'time';
  readonly met: boolean;
  readonly sentence: string;
}

/** What a certificate says of a run, for later comparisons. */
export function referenceOf(certificate: Certificate): Reference {
  const measured = latencyWithAllThreads(certificate, judgedBatch);
  return {
    formatVersion: 1,
    run: certificate.run,
    accuracy: certificate.accuracy.compact,
    timeLeft: measured === null ? null : measured.compact.median / measured.masked.median,
  };
}

/**
 * Whether a run is as good as it has to be. Times of two machines cannot be compared; so the compact network's counts as a part of
 * the masked one's, which was measured in the same minutes on the same machine.
 */
export function requirementsOf(certificate: Certificate, { reference, drop, slower }: Requirements): Requirement[] {
  const own = referenceOf(certificate);
  return [
    equalRequirement(certificate),
    accuracyRequirement(certificate, { reference, drop }),
    ...timeRequirement(own, reference, slower),
  ];
}

function equalRequirement(certificate: Certificate): Requirement {
  const met = isEqual(certificate);
  return {
    what: 'equal',
    met,
    sentence: `The compact network ${met ? 'gives' : 'does not give'} the logits of the masked one.`,
  };
}

function accuracyRequirement(
  { accuracy }: Certificate,
  { reference, drop }: Pick<Requirements, 'reference' | 'drop'>,
): Requirement {
  const wanted = reference?.accuracy ?? accuracy.masked;
  const than = reference === null ? 'the masked network has' : `${reference.run} had`;
  const sentence = `Test accuracy ${percent(accuracy.compact)}, where ${than} ${percent(wanted)}; it may fall by ${drop} ${drop === 1 ? 'point' : 'points'}.`;
  // A drop of exactly so much is allowed, whatever the difference of two fractions is rounded to.
  return { what: 'accuracy', met: 100 * (wanted - accuracy.compact) <= drop + 1e-9, sentence };
}

function timeRequirement(own: Reference, reference: Reference | null, slower: number): Requirement[] {
  if (own.timeLeft === null)
    return [{ what: 'time', met: false, sentence: 'The times were not measured; `sfp compact` measures them again.' }];
  const known = reference === null ? 1 : reference.timeLeft;
  if (known === null) return [];
  const most = known * (1 + slower / 100);
  const than = reference === null ? 'no more than the masked one' : `${percent(known)} for ${reference.run}`;
  return [
    {
      what: 'time',
      met: own.timeLeft <= most,
      sentence: `The compact network takes ${percent(own.timeLeft)} of the masked one’s time; ${than}, and ${slower} % more is allowed.`,
    },
  ];
}
