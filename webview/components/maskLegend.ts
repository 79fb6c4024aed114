import { html, type TemplateResult } from 'lit-html';

/** What the cells mean; drawn by style sheet in the same colours as the canvases. */
export function maskLegend(): TemplateResult {
  return html`<p class="mask-legend">
    <span class="hinted" tabindex="0" data-tip="Shaded by the share of the largest score in the same layer."
      ><i class="ramp"></i>score, 0 to largest</span
    >
    <span><i class="cell pruned"></i>pruned</span>
    <span class="hinted" tabindex="0" data-tip="Pruned at the pruning before, kept at this one."
      ><i class="cell returned"></i>came back</span
    >
  </p>`;
}
