import type { Certificate, Latency } from '../runs/model/certificate';
import {
  comparedImages,
  explainedGap,
  isEqual,
  latencyTarget,
  latencyWithAllThreads,
  lostSavings,
  realSaving,
  unequalSentence,
} from '../runs/model/certificateFindings';
import { grouped, percent } from './figures';

/** A certificate as a table of two columns: what, and the masked against the compact network. */
export function certificateRows(certificate: Certificate): string[][] {
  const { equality, accuracy, multiplyAdds, parameters, bytes, latency } = certificate;
  const difference = equality.largestDifference.toExponential(1);
  const range = equality.logitsRange.toPrecision(3);
  return [
    ['logits', `differ by at most ${difference} in a range of ${range}, on ${comparedImages(certificate)}`],
    ['test accuracy', `${percent(accuracy.masked)} masked, ${percent(accuracy.compact)} compact`],
    ['FLOPs', fewer(multiplyAdds.dense, multiplyAdds.built)],
    ['parameters', fewer(parameters.dense, parameters.built)],
    ['ONNX file', `${fewer(bytes.masked, bytes.compact)} bytes`],
    ...(latency === null
      ? [['time', unmeasuredSentence(certificate)]]
      : latency.measured.map((each) => latencyRow(certificate, each))),
    ...targetRows(certificate),
  ];
}

function targetRows(certificate: Certificate): string[][] {
  const target = latencyTarget(certificate);
  if (target === null) return [];
  const { asked, reached } = target;
  return [['target.latency', `${asked}, reached ${reached.toFixed(3)} (64 images, 1 thread)`]];
}

/**
 * Where a part of the saving went, a line each, the dearest first and at most so many, and how much of what is missing that
 * explains.
 */
export function lossRows(certificate: Certificate, most: number): string[] {
  const lost = lostSavings(certificate);
  const rows = lost
    .slice(0, most)
    .map(
      ({ text, share }) => `  ${text} (${share === null ? 'not counted' : `${percent(share, 1)} of the dense FLOPs`})`,
    );
  const more = lost.length - rows.length;
  return [...rows, ...(more > 0 ? [`  and ${more} more, in certificate.json`] : []), ...explained(certificate)];
}

function explained(certificate: Certificate): string[] {
  const latency = latencyWithAllThreads(certificate, 64);
  const gap = latency && explainedGap(certificate, latency);
  if (!latency || !gap) return [];
  const { theoretical, measured } = realSaving(certificate, latency);
  return [
    `  With 64 images and ${threadsText(latency)}, ${percent(theoretical, 1)} was promised and ${percent(measured, 1)} of the time is saved.`,
    `  What is counted explains ${percent(gap.explained, 0)} of the difference; the rest is slower code, copies, and what every layer costs at any width.`,
  ];
}

/** A certificate in a few short lines, for the end of a run. */
export function certificateSummary(certificate: Certificate): string[] {
  const { equality, latency } = certificate;
  const difference = `logits differ by at most ${equality.largestDifference.toExponential(1)} on ${comparedImages(certificate)}`;
  const times = latency?.measured.map((each) => latencyRow(certificate, each).join(': '));
  return [`${verdict(certificate)} (${difference})`, ...(times ?? [unmeasuredSentence(certificate)])];
}

function unmeasuredSentence({ run }: Certificate): string {
  return `not measured, as other programs kept the processor busy: \`sfp compact ${run}\` measures again`;
}

/** In a sentence whether the compact network is the masked one. */
export function verdict(certificate: Certificate): string {
  return isEqual(certificate) ? 'The compact network is the masked one.' : unequalSentence;
}

function fewer(before: number, after: number): string {
  return `${grouped(before)} to ${grouped(after)} (${percent(1 - after / before, 1)} fewer)`;
}

function latencyRow(certificate: Certificate, latency: Latency): string[] {
  const { batch, masked, compact } = latency;
  const { theoretical, measured } = realSaving(certificate, latency);
  const share = theoretical > 0 ? `, ${percent(measured / theoretical, 0)} of what the FLOPs promise` : '';
  const where = `${batch === 1 ? '1 image' : `${batch} images`}, ${threadsText(latency)}`;
  return [
    where,
    `${milliseconds(masked.median)} to ${milliseconds(compact.median)} (${percent(measured, 1)} less${share})`,
  ];
}

function threadsText({ threads }: Latency): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

function milliseconds(value: number): string {
  return `${value.toPrecision(3)} ms`;
}
