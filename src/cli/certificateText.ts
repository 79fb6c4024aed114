import type { Certificate, Latency } from '../runs/model/certificate';
import { isEqual, lostSavings, realSaving } from '../runs/model/certificateFindings';
import { grouped, percent } from './figures';

/** How many reasons are told one by one. */
const toldReasons = 8;

/** A certificate as a table of two columns: what, and the masked against the compact network. */
export function certificateRows(certificate: Certificate): string[][] {
  const { equality, accuracy, multiplyAdds, parameters, bytes, latency } = certificate;
  const difference = equality.largestDifference.toExponential(1);
  const range = equality.logitsRange.toPrecision(3);
  return [
    [
      'logits',
      `differ by at most ${difference} in a range of ${range}, on all ${grouped(equality.images)} test images`,
    ],
    ['test accuracy', `${percent(accuracy.masked)} masked, ${percent(accuracy.compact)} compact`],
    ['FLOPs', fewer(multiplyAdds.dense, multiplyAdds.built)],
    ['parameters', fewer(parameters.dense, parameters.built)],
    ['ONNX file', `${fewer(bytes.masked, bytes.compact)} bytes`],
    ...(latency === null ? [['time', 'not measured']] : latency.measured.map((each) => latencyRow(certificate, each))),
    ...(latency?.disturbed ? [['', 'measured while the machine was busy: `sfp compact` measures it again']] : []),
  ];
}

/** Where a part of the saving went, a line each, the dearest first. */
export function lossRows(certificate: Certificate): string[] {
  const lost = lostSavings(certificate);
  const rows = lost
    .slice(0, toldReasons)
    .map(({ text, share }) => `  ${text}${share === null ? '' : ` (${percent(share, 1)} of the dense FLOPs)`}`);
  const more = lost.length - rows.length;
  return more > 0 ? [...rows, `  and ${more} more, in certificate.json`] : rows;
}

/** A certificate in a few short lines, for the end of a run. */
export function certificateSummary(certificate: Certificate): string[] {
  const { equality, latency } = certificate;
  const difference = `logits differ by at most ${equality.largestDifference.toExponential(1)} on ${grouped(equality.images)} test images`;
  const times = (latency?.measured ?? []).map((each) => latencyRow(certificate, each).join(': '));
  const busy = latency?.disturbed ? [`measured while the machine was busy`] : [];
  return [`${verdict(certificate)} (${difference})`, ...times, ...busy];
}

/** In a sentence whether the compact network is the masked one. */
export function verdict(certificate: Certificate): string {
  return isEqual(certificate)
    ? 'The compact network is the masked one.'
    : 'The compact network is NOT the masked one: do not use it, and please report this with the run.';
}

function fewer(before: number, after: number): string {
  return `${grouped(before)} to ${grouped(after)} (${percent(1 - after / before, 1)} fewer)`;
}

function latencyRow(certificate: Certificate, latency: Latency): string[] {
  const { batch, threads, masked, compact } = latency;
  const { theoretical, measured } = realSaving(certificate, latency);
  const share = theoretical > 0 ? `, ${percent(measured / theoretical, 0)} of what the FLOPs promise` : '';
  const where = `${batch === 1 ? '1 image' : `${batch} images`}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  return [
    where,
    `${milliseconds(masked.median)} to ${milliseconds(compact.median)} (${percent(measured, 1)} less${share})`,
  ];
}

function milliseconds(value: number): string {
  return `${value.toPrecision(3)} ms`;
}
