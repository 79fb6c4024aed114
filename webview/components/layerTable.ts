import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { maskOverlap, type LayerOverlap } from '../../src/runs/model/comparison';
import type { PruningRecord } from '../../src/runs/model/format';
import type { RunHistory } from '../../src/runs/model/history';
import { badge } from './chartFigure';
import { filterLife, keptFilters, recordAt, returnedFilters } from './filterLife';
import './filterStrip';
import { count, percent, significant } from './numbers';
import type { RunLabel } from './runLabels';

export interface LabelledRun {
  readonly run: RunHistory;
  readonly label: RunLabel;
}

/** A run with the pruning that is looked at. */
interface Column extends LabelledRun {
  readonly at: number;
  readonly layers: ReadonlyMap<string, number>;
}

/** One row a layer with the filters of one or two runs, aligned, and what two runs have in common. */
export function layerTable(shown: readonly LabelledRun[], epoch: number | null): TemplateResult {
  const pruned = shown.filter(({ run }) => run.records.length > 0);
  const waiting = shown.filter(({ run }) => run.records.length === 0);
  const dependencies = [epoch, ...pruned.flatMap(({ run, label }) => [run.manifest.id, run.records, label.label])];
  return html`${waiting.map(
    ({ label }) =>
      html`<p class="empty">
        ${label.letter} ${label.label} has not pruned yet: its filters appear after the first pruning, which comes
        before training.
      </p>`,
  )}
  ${guard(dependencies, () => (pruned.length > 0 ? rows(pruned, epoch) : nothing))}`;
}

function rows(pruned: readonly LabelledRun[], epoch: number | null): TemplateResult {
  const columns = pruned.map(({ run, label }): Column => {
    const at = Math.max(0, recordAt(run.records, epoch));
    return { run, label, at, layers: new Map(run.records[at]!.layers.map(({ name }, index) => [name, index])) };
  });
  const [one, other] = columns.map(({ run, at }) => run.records[at]!);
  const overlaps = new Map(one && other ? maskOverlap(one, other).map((overlap) => [overlap.name, overlap]) : []);
  const names = [...new Set(columns.flatMap(({ layers }) => [...layers.keys()]))];
  const widest = Math.max(...columns.flatMap(({ run, at }) => run.records[at]!.layers.map(({ mask }) => mask.length)));
  return html`<div class="layers columns-${columns.length}" data-strips role="group" aria-label="Filters by layer">
    ${columns.length > 1 ? heading(columns) : nothing}
    ${names.map(
      (name) =>
        html`<div class="layer">
          <span class="name" title=${name}>${name}</span>
          ${columns.map((column) => filters(column, name, widest))}
          ${columns.length > 1 ? html`<span class="overlap">${inCommon(overlaps.get(name))}</span>` : nothing}
        </div>`,
    )}
  </div>`;
}

function heading(columns: readonly Column[]): TemplateResult {
  return html`<div class="layer heading">
    <span class="name"></span>
    ${columns.map(
      ({ label }) => html`<span class="run-name">${badge(label.letter, label.colour)}${label.label}</span>`,
    )}
    <span
      class="overlap hinted"
      tabindex="0"
      data-tip="Filters pruned in both runs, of those pruned in either: ${'\n'}4/5 means that four of five agree."
      >in common</span
    >
  </div>`;
}

function filters({ run, at, layers }: Column, name: string, widest: number): TemplateResult {
  const layer = layers.get(name);
  if (layer === undefined) return html`<span class="filters none">not in this network</span>`;
  const { norms, mask } = run.records[at]!.layers[layer]!;
  const returned = returnedFilters(run.records, at, layer);
  const kept = keptFilters(mask);
  const describe = (filter: number): string => describeFilter(run, at, layer, filter);
  const content = { layer: name, norms, mask, returned, widest, describe };
  return html`<span class="filters">
    <span class="kept" data-tip="${count(kept, 'filter')} kept of ${mask.length}"
      >${kept}<span class="of">/${mask.length}</span></span
    >
    <span class="returned" data-tip="${count(returned.length, 'filter')} came back at this pruning"
      >${returned.length > 0 ? `+${returned.length}` : ''}</span
    >
    <filter-strip .content=${content}></filter-strip>
  </span>`;
}

function inCommon(overlap: LayerOverlap | undefined): string {
  if (!overlap) return '–';
  const either = overlap.same + overlap.onlyA + overlap.onlyB;
  return either === 0 ? '–' : `${overlap.same}/${either}`;
}

/** What there is to say of a filter, a line each; the first names it. */
export function describeFilter(run: RunHistory, at: number, layer: number, filter: number): string {
  const { name, mask } = run.records[at]!.layers[layer]!;
  const { kept, since, returns, norm, share } = filterLife(run.records, at, layer, filter);
  const criterion = run.manifest.config.pruning.criterion.toUpperCase();
  return [
    `${name}, filter ${filter} of ${mask.length}`,
    `${kept ? 'Kept' : 'Pruned'} ${since < 0 ? 'from the start' : `since the pruning after epoch ${since + 1}`}`,
    `${criterion} norm ${significant(norm)}, ${percent(share, 0)} of the layer’s largest`,
    returns === 0 ? 'Never came back' : `Came back ${count(returns, 'time')}`,
  ].join('\n');
}

/** Pruned filters of every layer, as text. */
export function prunedFilters(records: readonly PruningRecord[], at: number): { layer: string; pruned: string }[] {
  return (records[at]?.layers ?? []).map(({ name, mask }) => ({
    layer: name,
    pruned: [...mask.keys()].filter((filter) => mask[filter] === 0).join(', ') || 'none',
  }));
}
