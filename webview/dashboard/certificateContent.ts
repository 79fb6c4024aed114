import { html, nothing, type TemplateResult } from 'lit-html';
import type { BuiltCount, Certificate } from '../../src/runs/model/certificate';
import { equalityTolerance, isEqual, lostSavings, type LostSaving } from '../../src/runs/model/certificateFindings';
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
  const { images, largestDifference, logitsRange } = certificate.equality;
  const share = largestDifference / logitsRange;
  const found = html`The logits differ by at most ${power(largestDifference)}, which is ${power(share)} of their range
  of ${significant(logitsRange)}, on all ${whole(images)} test images.`;
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
  const measureAgain = button({
    label: 'Measure again',
    name: `Measure ${name} again`,
    secondary: true,
    onClick: again,
  });
  if (latency === null)
    return html`<div class="notice warning" role="note">
      ${icon('warning')}
      <p>The times of the two networks could not be measured.</p>
      ${measureAgain}
    </div>`;
  return html`${
    latency.disturbed
      ? html`<div class="notice warning" role="note">
          ${icon('warning')}
          <p>Measured while the machine was busy with other programs: these times are not to be relied on.</p>
          ${measureAgain}
        </div>`
      : nothing
  }
  ${certificateTimes(certificate, name)}`;
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
    ${inShort(certificate, lost)}
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
  const rounded = lost.flatMap(({ share }) => share ?? []);
  if (rounded.length === 0) return nothing;
  const sum = rounded.reduce((total, share) => total + share, 0);
  return html`<p>
    This processor computes ${block} channels together. In ${count(rounded.length, 'layer')} the last of them compute
    nothing, which costs ${percent(sum)} of the dense FLOPs. Widths that fit come from <code>pruning.roundTo</code>;
    with coupled <code>pruning.groups</code> and <code>"batchNorm": "zero"</code> nothing has to be added to them.
  </p>`;
}

function origin({ engine, latency, checkpoint, created }: Certificate): TemplateResult {
  const time = new Date(created).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
  return html`<p class="origin">
    ${latency === null ? nothing : html`Measured with ${latency.runtime}: ${latency.machine}.`} Masked logits by
    ${engine.name}, ${engine.device}; compact ones by onnxruntime from the ONNX file. Of ${checkpoint}, ${time}.
  </p>`;
}
