import { html, type TemplateResult } from 'lit-html';

/** What the cells mean; drawn by style sheet in the same colours as the canvases. */
export function maskLegend(): TemplateResult {
  return html`<p class="mask-legend">
    <span><i class="ramp"></i>norm, 0 to the layer’s largest</span>
    <span><i class="cell pruned"></i>pruned</span>
    <span><i class="cell returned"></i>came back at this pruning</span>
  </p>`;
}
