import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunHistory } from '../../src/runs/model/history';
import { table } from '../components/controls';
import { filterLife, keptFilters } from '../components/filterLife';
import { percent, significant } from '../components/numbers';

export interface FilterNumbers {
  readonly run: RunHistory;
  /** Index of the pruning looked at. */
  readonly at: number;
  /** Names of the layers whose tables are open; the others' are not made: all would be thousands of cells. */
  readonly opened: readonly string[];
  readonly onChange: (opened: readonly string[]) => void;
}

/** The heatmap's values as text: a line a layer, which opens into a table of its filters. */
export function filterNumbers({ run, at, opened, onChange }: FilterNumbers): TemplateResult {
  return html`<div class="numbers">
    ${run.records[at]!.layers.map(({ name, mask }, layer) => {
      const isOpen = opened.includes(name);
      const toggled = (event: Event): void => {
        const { open } = event.target as HTMLDetailsElement;
        if (open !== isOpen) onChange(open ? [...opened, name] : opened.filter((other) => other !== name));
      };
      return html`<details ?open=${isOpen} @toggle=${toggled}>
        <summary>${name} <span class="of">${keptFilters(mask)}/${mask.length} kept</span></summary>
        <div class="scrolled">${isOpen ? filterTable(run, at, layer, name, mask.length) : nothing}</div>
      </details>`;
    })}
  </div>`;
}

function filterTable(run: RunHistory, at: number, layer: number, name: string, filters: number): TemplateResult {
  return table({
    label: `Filters of ${name}`,
    columns: [
      { title: 'Filter', width: 'max-content', numeric: true },
      { title: 'Norm', width: 'max-content', numeric: true },
      { title: 'Share', width: 'max-content', numeric: true, hint: 'Of the largest norm in the layer.' },
      { title: 'State', width: 'minmax(max-content, 1fr)' },
    ],
    rows: Array.from({ length: filters }, (_, filter) => {
      const { norm, share, kept, since, returns } = filterLife(run.records, at, layer, filter);
      const moment = since < 0 ? 'from the start' : `since epoch ${since + 1}`;
      const state = `${kept ? 'kept' : 'pruned'} ${moment}${returns > 0 ? `, back ${returns}×` : ''}`;
      return { key: String(filter), cells: [String(filter), significant(norm), percent(share, 0), state] };
    }),
  });
}
