import { html, nothing, type TemplateResult } from 'lit-html';
import type { CriteriaAgreement, Sensitivity } from '../../src/runs/model/sensitivity';
import { dropdown, table } from '../components/controls';
import { percent } from '../components/numbers';
import { scrolledAcross } from '../components/scrolledAcross';
import type { Actions } from '../components/view';

export interface CriteriaChoices {
  /** What is told of each layer. */
  readonly criteriaMeasure: 'rankCorrelation' | 'maskOverlap';
}

type Measure = CriteriaChoices['criteriaMeasure'];

const correlationHint =
  'Rank correlation\n' +
  'Spearman’s, of the scores of all filters that are left: 1 where two criteria rank them alike, 0 where one tells nothing of the other, −1 where they rank them the other way round.';
const overlapHint =
  'Overlap of the masks\n' +
  'Filters that both criteria would prune next, over filters that either would: 100 % where they prune the same.';
const titles: Readonly<Record<Measure, string>> = {
  rankCorrelation: 'Rank correlation',
  maskOverlap: 'Overlap of the masks',
};

/** How far criteria agree on the same weights: every pair over all layers, and layer by layer on demand. */
export function criteriaSection(
  name: string,
  { subject, criteria: { rate, pairs } }: Sensitivity,
  { criteriaMeasure }: CriteriaChoices,
  { choose }: Actions<CriteriaChoices>,
): TemplateResult | typeof nothing {
  if (pairs.length === 0) return nothing;
  return html`<section class="criteria" aria-labelledby="criteria-title">
    <h2 id="criteria-title">Agreement of the criteria</h2>
    <p class="settings">
      On the weights of ${subject.weights}. Filters that are pruned already are left out: all criteria rank them lowest.
      The masks are those that each criterion would choose next, ${percent(rate, 0)} of the rest.
    </p>
    ${pairsTable(name, pairs)}
    <details>
      <summary>Layer by layer</summary>
      ${dropdown({
        label: 'What is told of each layer',
        value: criteriaMeasure,
        options: (['rankCorrelation', 'maskOverlap'] as const).map((value) => ({ value, text: titles[value] })),
        onChange: (value) => {
          choose({ criteriaMeasure: value === 'maskOverlap' ? 'maskOverlap' : 'rankCorrelation' });
        },
      })}
      ${scrolledAcross(`${titles[criteriaMeasure]} by layer`, layersTable(pairs, criteriaMeasure))}
    </details>
  </section>`;
}

function pairsTable(name: string, pairs: readonly CriteriaAgreement[]): TemplateResult {
  const hinted = (measure: Measure, hint: string): TemplateResult =>
    html`<span class="hinted" tabindex="0" data-tip=${hint}>${titles[measure]}</span>`;
  return html`<table class="numbers pairs" aria-label="Agreement of the criteria of ${name}">
    <thead>
      <tr>
        <th scope="col">Criteria</th>
        <th scope="col">${hinted('rankCorrelation', correlationHint)}</th>
        <th scope="col">${hinted('maskOverlap', overlapHint)}</th>
      </tr>
    </thead>
    <tbody>
      ${pairs.map(
        (pair) =>
          html`<tr>
            <th scope="row">${pair.a} and ${pair.b}</th>
            <td>${shaded('rankCorrelation', meanCorrelation(pair))}</td>
            <td>${shaded('maskOverlap', overlapOfAll(pair))}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function layersTable(pairs: readonly CriteriaAgreement[], measure: Measure): TemplateResult {
  return table({
    label: `${titles[measure]} by layer`,
    columns: [
      { title: 'Layer', width: 'max-content' },
      ...pairs.map(({ a, b }) => ({ title: `${a}, ${b}`, numeric: true, width: 'minmax(max-content, 1fr)' })),
    ],
    rows: pairs[0]!.layers.map(({ name }, index) => ({
      key: name,
      cells: [name, ...pairs.map(({ layers }) => shaded(measure, layers[index]![measure]))],
    })),
  });
}

/** A number on a ground that is the stronger the more two criteria agree. */
function shaded(measure: Measure, value: number | null): TemplateResult | string {
  if (value === null) return '–';
  const text =
    measure === 'maskOverlap' ? percent(value, 0) : value.toFixed(2).replace('-0.00', '0.00').replace('-', '−');
  // So much that the text stays readable on it in every theme.
  const strength = Math.round(40 * Math.max(0, Math.min(1, value)));
  return html`<span class="shaded" .style=${`--strength: ${strength}%`}>${text}</span>`;
}

/** Over the layers; null when it is not defined for any. */
function meanCorrelation({ layers }: CriteriaAgreement): number | null {
  const known = layers.flatMap(({ rankCorrelation }) => rankCorrelation ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Over the filters of all layers: of two masks that prune p filters each and overlap by j, 2p / (1 + j) filters are in either. */
function overlapOfAll({ layers }: CriteriaAgreement): number {
  const either = layers.map(({ pruned, maskOverlap }) => (2 * pruned) / (1 + maskOverlap));
  const both = layers.reduce((sum, { maskOverlap }, index) => sum + maskOverlap * either[index]!, 0);
  const all = either.reduce((sum, filters) => sum + filters, 0);
  return all === 0 ? 1 : both / all;
}
