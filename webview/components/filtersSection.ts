import { html, nothing, type TemplateResult } from 'lit-html';
import { checkbox, dropdown, table, type Content } from './controls';
import { pruningAt } from './filterLife';
import { layerTable, prunedFilters, type LabelledRun } from './layerTable';
import { maskLegend } from './maskLegend';
import { timeline } from './timeline';

export interface FiltersChoices {
  /** Epoch of the pruning that is looked at; null is the newest. */
  readonly epoch: number | null;
  /** Ids of the runs whose filters are shown, when there are more than two. */
  readonly pair: readonly string[];
  readonly asText: boolean;
}

type Choose = (changed: Partial<FiltersChoices>) => void;

/** The filters of two runs side by side, or of one, at a pruning that can be chosen. */
export function filtersSection(all: readonly LabelledRun[], choices: FiltersChoices, choose: Choose): TemplateResult {
  const shown = shownPair(all, choices.pair);
  if (shown.every(({ run }) => run.prunings.length === 0))
    return html`<p class="empty">
      The filters of every layer appear after the first pruning, which comes before training.
    </p>`;
  return html`<section class="filters-section" aria-labelledby="filters-title">
    <header>
      <h2 id="filters-title">Filters by layer</h2>
      ${all.length > 2 ? pairChooser(all, shown, choose) : nothing}
      ${timeline({
        runs: shown.map(({ run }) => run),
        epoch: choices.epoch,
        onChange: (epoch) => {
          choose({ epoch });
        },
      })}
    </header>
    <div class="legend-line">
      ${maskLegend()}
      ${checkbox({
        label: 'As text',
        checked: choices.asText,
        onChange: (asText) => {
          choose({ asText });
        },
      })}
    </div>
    ${choices.asText ? filtersAsText(shown, choices.epoch) : layerTable(shown, choices.epoch)}
  </section>`;
}

/** The two chosen runs, else the first two. */
function shownPair(all: readonly LabelledRun[], pair: readonly string[]): readonly LabelledRun[] {
  const chosen = pair.flatMap((id) => all.filter(({ run }) => run.manifest.id === id));
  return chosen.length === 2 ? chosen : all.slice(0, 2);
}

function pairChooser(all: readonly LabelledRun[], shown: readonly LabelledRun[], choose: Choose): Content {
  const options = all.map(({ run, label }) => ({ value: run.manifest.id, text: `${label.letter} ${label.label}` }));
  const ids = shown.map(({ run }) => run.manifest.id);
  return html`<span class="pair">
    ${ids.map((id, position) =>
      dropdown({
        label: position === 0 ? 'Run on the left' : 'Run on the right',
        options,
        value: id,
        onChange: (chosen) => {
          choose({ pair: ids.map((other, index) => (index === position ? chosen : other)) });
        },
      }),
    )}
  </span>`;
}

function filtersAsText(shown: readonly LabelledRun[], epoch: number | null): TemplateResult {
  const columns = shown.map(({ run }) => prunedFilters(run.prunings[pruningAt(run.prunings, epoch)]));
  return html`<div class="scrolled">
    ${table({
      label: 'Pruned filters by layer',
      columns: [
        { title: 'Layer', width: 'max-content' },
        ...shown.map(({ label }) => ({ title: `Pruned filters, ${label.label}` })),
      ],
      rows: (columns[0] ?? []).map(({ layer }, index) => ({
        key: layer,
        cells: [layer, ...columns.map((column) => column[index]?.pruned ?? '–')],
      })),
    })}
  </div>`;
}
