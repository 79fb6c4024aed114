import { html, nothing, type TemplateResult } from 'lit-html';
import type { Certificate, Latency, MeasuredDuration } from '../../src/runs/model/certificate';
import { latencyTarget, realSaving } from '../../src/runs/model/certificateFindings';
import { count, percent, significant } from '../components/numbers';

const timesHint =
  'Time of a forward pass\n' +
  'Median of many, both networks in turns; below it the middle half of what was measured.\n' +
  'The bar is the share of the time that is saved; the mark is the share of the FLOPs, which promises as much.';

/** Measured times of both networks: a row for each number of images and threads, with real and theoretical saving as a bar and a mark. */
export function certificateTimes(certificate: Certificate, name: string): TemplateResult {
  const measured = certificate.latency?.measured ?? [];
  const [first] = measured;
  if (first === undefined) return html``;
  const { theoretical } = realSaving(certificate, first);
  return html`<table class="numbers times" aria-label="Time of a forward pass, ${name}">
      <thead>
        <tr>
          <th scope="col"><span class="hinted" tabindex="0" data-tip=${timesHint}>Forward pass</span></th>
          <th scope="col">Masked → compact</th>
          <th scope="col">Time saved</th>
        </tr>
      </thead>
      ${measured.map((latency) => timeRows(certificate, latency))}
    </table>
    <p class="bar-legend" aria-hidden="true">
      <span><span class="swatch"></span>time saved</span>
      <span><span class="mark-swatch"></span>FLOPs saved, ${percent(theoretical)}</span>
    </p>
    ${targetLine(certificate)}`;
}

function targetLine(certificate: Certificate): TemplateResult | typeof nothing {
  const target = latencyTarget(certificate);
  if (target === null) return nothing;
  return html`<p class="target">
    <code>target.latency</code> ${target.asked}, reached ${target.reached.toFixed(3)} (64 images, 1 thread)
  </p>`;
}

function timeRows(certificate: Certificate, latency: Latency): TemplateResult {
  const { batch, threads, masked, compact } = latency;
  const { theoretical, measured } = realSaving(certificate, latency);
  return html`<tbody>
    <tr>
      <th scope="row">
        <span class="together">${count(batch, 'image')}</span><small>${count(threads, 'thread')}</small>
      </th>
      <td>
        <span class="together">${milliseconds(masked.median)} → ${milliseconds(compact.median)} ms</span
        ><small>${spread(masked)} → ${spread(compact)}</small>
      </td>
      <td>${savedText(measured)}<small>${shareText(measured, theoretical)}</small></td>
    </tr>
    <tr class="drawn" aria-hidden="true">
      <td colspan="3">${savingBar(measured, theoretical)}</td>
    </tr>
  </tbody>`;
}

function savedText(measured: number): string {
  return measured < 0 ? `${percent(-measured)} slower` : percent(measured);
}

function shareText(measured: number, theoretical: number): string {
  if (theoretical <= 0) return '';
  return measured <= 0 ? 'none of promised' : `${percent(measured / theoretical, 0)} of promised`;
}

function savingBar(measured: number, theoretical: number): TemplateResult {
  const width = Math.min(1, Math.max(0, measured));
  return html`<div class="saving-bar">
    <div class="saved" .style=${`width: ${(100 * width).toFixed(2)}%`}></div>
    ${theoretical > 0 ? html`<div class="mark" .style=${`left: ${(100 * theoretical).toFixed(2)}%`}></div>` : nothing}
  </div>`;
}

function spread({ low, high }: MeasuredDuration): TemplateResult {
  return html`<span class="together">${milliseconds(low)}–${milliseconds(high)}</span>`;
}

function milliseconds(value: number): string {
  return value >= 1000 ? value.toFixed(0) : significant(value);
}
