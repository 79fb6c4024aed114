import { html, nothing, type TemplateResult } from 'lit-html';
import type { BuiltCount, Certificate, LostSaving } from '../../src/runs/model/certificate';
import {
  comparedImages,
  equalityTolerance,
  explainedGap,
  isEqual,
  latencyWithAllThreads,
  lostSavings,
} from '../../src/runs/model/certificateFindings';
import { button, icon, type Content } from '../components/controls';
import { bytes, change, compact, count, percent, points, significant, whole } from '../components/numbers';
import { certificateTimes } from './certificateTimes';

/** What a certificate says, the verdict first. `name` is that of the run; `again` makes a new certificate. */
export function certificateContent(certificate: Certificate, name: string, again: () => void): TemplateResult {
  return html`${verdict(certificate)}
    <div class="certificate-parts">
      <div>${sizes(certificate, name)}</div>
      <div>${times(certificate, name, again)}</div>
    </div>
    ${whereTheRestWent(certificate, name)} ${origin(certificate)}`;
}

function verdict(certificate: Certificate): TemplateResult {
  const { largestDifference, logitsRange } = certificate.equality;
  const share = largestDifference / logitsRange;
  const found = html`The logits differ by at most ${power(largestDifference)}, which is ${power(share)} of their range
  of ${significant(logitsRange)}, on ${comparedImages(certificate)}.`;
  if (isEqual(certificate))
    return html`<div class="verdict">
      <span class="status finished">${icon('pass')}Equal to the masked network</span>
      <p>${found} Up to ${power(equalityTolerance)} counts as rounding.</p>
    </div>`;
  return html`<div class="notice error" role="alert">
    ${icon('error')}
    <p>
      <strong>NOT equal to the masked network:</strong> do not use it, and please report this with the run. ${found} Up
      to ${power(equalityTolerance)} would count as rounding.
    </p>
  </div>`;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 4.8e-6 as 4.8 × 10⁻⁶. */
function power(value: number): string {
  if (value === 0) return '0';
  const [digits, exponent] = value.toExponential(1).split('e') as [string, string];
  const mantissa = digits === '1.0' ? '' : `${digits.replace(/\.0$/, '')}\u202f×\u202f`;
  const raised = exponent
    .replace('+', '')
    .replace('-', '⁻')
    .replaceAll(/\d/g, (digit) => superscripts[Number(digit)]!);
  return `${mantissa}10${raised}`;
}

function sizes(certificate: Certificate, name: string): TemplateResult {
  const { accuracy, multiplyAdds, parameters, bytes: size } = certificate;
  const row = (title: Content, masked: string, small: string, difference: string): TemplateResult =>
    html`<tr>
      <th scope="row">${title}</th>
      <td>${masked}</td>
      <td>${small}</td>
      <td>${difference}</td>
    </tr>`;
  const counted = (title: string, hint: string, value: BuiltCount): TemplateResult =>
    row(
      html`<span class="hinted" tabindex="0" data-tip=${`${hint}\n${exactly(value)}`}>${title}</span>`,
      compact(value.dense),
      compact(value.built),
      change(value.built / value.dense - 1),
    );
  return html`<table class="numbers" aria-label="Masked and compact network of ${name}">
    <thead>
      <tr>
        <td></td>
        <th scope="col">Masked</th>
        <th scope="col">Compact</th>
        <th scope="col">Change</th>
      </tr>
    </thead>
    <tbody>
      ${row(
        'Test accuracy',
        percent(accuracy.masked, 2),
        percent(accuracy.compact, 2),
        points(accuracy.compact - accuracy.masked),
      )}
      ${counted('FLOPs', 'Multiply-adds of all convolutions for one image.', multiplyAdds)}
      ${counted('Parameters', 'Trainable, and the constants of gathers at shortcuts.', parameters)}
      ${row('ONNX file', bytes(size.masked), bytes(size.compact), change(size.compact / size.masked - 1))}
    </tbody>
  </table>`;
}

function exactly({ dense, theoretical, built }: BuiltCount): string {
  const sentence = `${whole(built)} of ${whole(dense)} are left`;
  return built === theoretical ? `${sentence}.` : `${sentence}; the masks alone would leave ${whole(theoretical)}.`;
}

function times(certificate: Certificate, name: string, again: () => void): TemplateResult {
  const { latency } = certificate;
  if (latency === null)
    return html`<div class="notice warning" role="note">
      ${icon('warning')}
      <p>Other programs kept the processor busy, so the times of the two networks were not measured.</p>
      ${button({
        label: 'Measure again',
        name: `Measure ${name} again`,
        secondary: true,
        onClick: again,
      })}
    </div>`;
  return certificateTimes(certificate, name);
}

function whereTheRestWent(certificate: Certificate, name: string): TemplateResult | typeof nothing {
  const lost = lostSavings(certificate);
  if (lost.length === 0)
    return html`<p class="empty">
      All widths fit this processor, and nothing had to be added: what is left of the saving is the fixed cost of every
      layer.
    </p>`;
  return html`<details>
    <summary>Where the rest of the saving went: ${count(lost.length, 'reason')}, the dearest first</summary>
    ${inShort(certificate, lost)} ${explained(certificate)}
    <div class="scrolled">
      <table class="numbers reasons" aria-label="Where the rest of the saving of ${name} went">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Of the dense FLOPs</th>
          </tr>
        </thead>
        <tbody>
          ${lost.map(
            ({ text, share }) =>
              html`<tr>
                <th scope="row">${text}</th>
                <td>${share === null ? 'not counted' : percent(share)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function inShort({ block }: Certificate, lost: readonly LostSaving[]): TemplateResult | typeof nothing {
  const filled = lost.filter(({ kind }) => kind === 'filled');
  const outside = lost.filter(({ kind }) => kind === 'outsideBlocks');
  if (filled.length + outside.length === 0) return nothing;
  const sum = filled.reduce((total, { share }) => total + (share ?? 0), 0);
  const costs = html`In ${count(filled.length, 'layer')} channels that only fill blocks up cost ${percent(sum)} of the
  dense FLOPs.`;
  const slower = html`${count(outside.length, 'layer')} cannot be computed in blocks at all.`;
  return html`<p>
    This processor computes ${block} channels together. ${filled.length > 0 ? costs : nothing}
    ${outside.length > 0 ? slower : nothing} Widths that fit come from <code>pruning.roundTo</code>; with coupled
    <code>pruning.groups</code> and <code>"batchNorm": "zero"</code> nothing has to be added to them.
  </p>`;
}

/** How much of what is missing the counted reasons explain. */
function explained(certificate: Certificate): TemplateResult | typeof nothing {
  const latency = latencyWithAllThreads(certificate, 64);
  const found = latency && explainedGap(certificate, latency);
  if (!latency || !found) return nothing;
  return html`<p>
    With ${count(latency.batch, 'image')} and ${count(latency.threads, 'thread')}, ${percent(found.gap)} of the time
    that was promised is not saved. What is counted explains ${percent(found.explained, 0)} of that; the rest is slower
    code, copies, and what every layer costs at any width.
  </p>`;
}

function origin({ engine, latency, checkpoint, created }: Certificate): TemplateResult {
  const time = new Date(created).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
  return html`<p class="origin">
    ${latency === null ? nothing : html`Measured with ${latency.runtime}: ${latency.machine}.`} Masked logits by
    ${engine.name}, ${engine.device}; compact ones by onnxruntime from the ONNX file. Of ${checkpoint}, ${time}.
  </p>`;
}
