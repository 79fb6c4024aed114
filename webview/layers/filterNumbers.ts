import { html, nothing, type TemplateResult } from 'lit-html';
import { criteria } from '../../src/pruning/criteria';
import { table } from '../components/controls';
import { filterLife, layerRecord } from '../components/filterLife';
import { missingRecordNotice } from '../components/missingRecord';
import { percent, significant } from '../components/numbers';
import type { ShownRun } from '../components/shownRuns';

export interface FilterNumbers {
  readonly run: ShownRun;
  /** Index of the pruning looked at. */
  readonly at: number;
  /** Names of the layers whose tables are open; the others' are not made: all would be thousands of cells. */
  readonly opened: readonly string[];
  readonly onChange: (opened: readonly string[]) => void;
}

/** The heatmap's values as text: a line a layer, which opens into a table of its filters. */
export function filterNumbers({ run, at, opened, onChange }: FilterNumbers): TemplateResult {
  const pruning = run.prunings[at]!;
  if (pruning.record === null) return missingRecordNotice(run, pruning);
  return html`<div class="numbers">
    ${pruning.event.layers.map(({ name, filters, pruned }) => {
      const isOpen = opened.includes(name);
      const toggled = (event: Event): void => {
        const { open } = event.target as HTMLDetailsElement;
        if (open !== isOpen) onChange(open ? [...opened, name] : opened.filter((other) => other !== name));
      };
      return html`<details data-layer=${name} ?open=${isOpen} @toggle=${toggled}>
        <summary>${name} <span class="of">${filters - pruned}/${filters} kept</span></summary>
        <div class="scrolled">${isOpen ? filterTable(run, at, name) : nothing}</div>
      </details>`;
    })}
  </div>`;
}

function filterTable(run: ShownRun, at: number, layer: string): TemplateResult {
  const criterion = criteria[run.manifest.config.pruning.criterion].title;
  // As many as are recorded: events of a damaged folder may claim any number.
  const filters = layerRecord(run.prunings[at], layer)?.mask.length ?? 0;
  return table({
    label: `Filters of ${layer}`,
    columns: [
      { title: 'Filter', width: 'max-content', numeric: true },
      { title: 'Score', width: 'max-content', numeric: true, hint: `${criterion}, just before this pruning.` },
      { title: 'Share', width: 'max-content', numeric: true, hint: 'Of the largest score in the layer.' },
      { title: 'State', width: 'minmax(max-content, 1fr)' },
    ],
    rows: Array.from({ length: filters }, (_, filter) => {
      const life = filterLife(run.prunings, at, layer, filter);
      if (life === null) return { key: String(filter), cells: [String(filter), '–', '–', 'not recorded'] };
      const { score, share, kept, since, returns } = life;
      const moment = since < 0 ? 'from the start' : `since epoch ${since + 1}`;
      const state = `${kept ? 'kept' : 'pruned'} ${moment}${returns > 0 ? `, back ${returns}×` : ''}`;
      return { key: String(filter), cells: [String(filter), significant(score), percent(share, 0), state] };
    }),
  });
}
