import { html, nothing, type TemplateResult } from 'lit-html';
import { duelNote, duelSentence } from '../../src/runs/model/duelSentence';
import type { RunHistory } from '../../src/runs/model/history';
import { settingsDuels } from '../../src/runs/model/settingsDuel';
import { button } from '../components/controls';
import { copyText } from '../components/clipboard';

/** More would not be read; what is copied has all. */
const mostSentences = 12;

/** What differs by one thing alone, seed by seed, in sentences; nothing where no two finished runs can be paired. */
export function seedsSection(runs: readonly RunHistory[]): TemplateResult | typeof nothing {
  const sentences = settingsDuels(runs).map(duelSentence);
  if (sentences.length === 0) return nothing;
  const left = sentences.length - mostSentences;
  return html`<section class="seeds" aria-labelledby="seeds-title">
    <div class="section-head">
      <h2 id="seeds-title">What the seeds tell</h2>
      ${button({
        label: 'Copy sentences',
        icon: 'copy',
        secondary: true,
        onClick: () => void copyText(`${sentences.join('\n')}\n`, 'the sentences'),
      })}
    </div>
    <ul>
      ${sentences.slice(0, mostSentences).map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${left > 0 ? html`<p class="hint">And ${left} more, which are copied, too.</p>` : nothing}
    <p class="hint">${duelNote}</p>
  </section>`;
}
