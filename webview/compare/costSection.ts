import { html, nothing, type TemplateResult } from 'lit-html';
import { bestRates } from '../../src/runs/model/bestRates';
import { bestRateSentence } from '../../src/runs/model/bestRateSentence';
import type { RunHistory } from '../../src/runs/model/history';
import { frontSentence, settingFronts } from '../../src/runs/model/settingFronts';
import { button, dropdown } from '../components/controls';
import { copyText } from '../components/clipboard';

/** Points of accuracy that pruning may cost. */
const drops = ['0.1', '0.25', '0.5', '1', '2'] as const;
export const usualDrop = '0.5';

/** Which settings are worth their cost, and how hard pruning may be for a drop that is allowed; nothing where no two settings tell. */
export function costSection(
  runs: readonly RunHistory[],
  drop: string,
  choose: (drop: string) => void,
): TemplateResult | typeof nothing {
  const fronts = settingFronts(runs).map(frontSentence);
  const allowed = Number(drop) / 100;
  const rates = bestRates(runs, allowed).map((best) => bestRateSentence(best, allowed));
  const sentences = [...fronts, ...rates];
  if (sentences.length === 0) return nothing;
  const options = drops.map((value) => ({ value, text: `${value} ${value === '1' ? 'point' : 'points'} may be lost` }));
  return html`<section class="seeds" aria-labelledby="cost-title">
    <div class="section-head">
      <h2 id="cost-title">What accuracy costs</h2>
      <span class="tools">
        ${rates.length > 0 ? dropdown({ label: 'Accuracy that may be lost', options, value: drop, onChange: choose }) : nothing}
        ${button({
          label: 'Copy sentences',
          icon: 'copy',
          secondary: true,
          onClick: () => void copyText(`${sentences.join('\n')}\n`, 'the sentences'),
        })}
      </span>
    </div>
    <ul>
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${
      rates.length === 0
        ? html`<p class="hint">
            How hard pruning may be is told where dense runs of the same seeds are compared too: rate 0, or dense
            baselines.
          </p>`
        : nothing
    }
  </section>`;
}
