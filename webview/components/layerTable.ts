import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { PruningRecord } from '../../src/runs/format';
import type { RunHistory } from '../../src/runs/history';
import { badge } from './chartFigure';
import { filterLife, recordAt, returnedFilters } from './filterLife';
import './filterStrip';
import { count, percent, significant } from './numbers';
import type { RunLabel } from './runLabels';

export interface LabelledRun {
  readonly run: RunHistory;
  readonly label: RunLabel;
}

/** One row a layer with the filters of one or two runs, aligned, and what two runs have in common. */
export function layerTable(shown: readonly LabelledRun[], epoch: number | null): TemplateResult {
  const named = shown.find(({ run }) => run.records.length > 0)?.run.records[0];
  if (!named)
    return html`<p class="empty">The filters appear here after the first pruning, before training begins.</p>`;
  const widest = Math.max(...named.layers.map(({ mask }) => mask.length));
  const dependencies = [epoch, ...shown.flatMap(({ run, label }) => [run.manifest.id, run.records, label.colour])];
  return html`<div class="layers columns-${shown.length}" data-strips role="group" aria-label="Filters by layer">
    ${guard(dependencies, () => [
      shown.length > 1 ? heading(shown) : nothing,
      named.layers.map(({ name }, layer) => row(name, layer, widest, shown, epoch)),
    ])}
  </div>`;
}

function heading(shown: readonly LabelledRun[]): TemplateResult {
  return html`<div class="layer heading">
    <span></span>
    ${shown.map(({ label }) => html`<span class="run-name">${badge(label.letter, label.colour)}${label.label}</span>`)}
    <span class="overlap hinted" tabindex="0" data-tip="Of the filters pruned in either run, those pruned in both."
      >in common</span
    >
  </div>`;
}

function row(
  name: string,
  layer: number,
  widest: number,
  shown: readonly LabelledRun[],
  epoch: number | null,
): TemplateResult {
  return html`<div class="layer">
    <span class="name" title=${name}>${name}</span>
    ${shown.map(({ run }) => filters(run, layer, widest, recordAt(run.records, epoch)))}
    ${shown.length === 2 ? html`<span class="overlap">${inCommon(shown, layer, epoch)}</span>` : nothing}
  </div>`;
}

function filters(run: RunHistory, layer: number, widest: number, at: number): TemplateResult {
  const record = run.records[at]?.layers[layer];
  if (!record) return html`<span class="filters none">not pruned yet</span>`;
  const returned = returnedFilters(run.records, at, layer);
  const kept = record.mask.reduce((sum, bit) => sum + bit, 0);
  const describe = (filter: number): string => describeFilter(run, at, layer, filter);
  const content = { layer: record.name, norms: record.norms, mask: record.mask, returned, widest, describe };
  return html`<span class="filters">
    <span class="kept" data-tip=${`${count(kept, 'filter')} kept of ${record.mask.length}`}
      >${kept}<span class="of">/${record.mask.length}</span></span
    >
    <span class="returned" data-tip=${`${count(returned.length, 'filter')} came back at this pruning`}
      >${returned.length > 0 ? `+${returned.length}` : ''}</span
    >
    <filter-strip .content=${content}></filter-strip>
  </span>`;
}

function inCommon(shown: readonly LabelledRun[], layer: number, epoch: number | null): string {
  const [one, other] = shown.map(({ run }) => run.records[recordAt(run.records, epoch)]?.layers[layer]?.mask);
  if (one?.length !== other?.length || !one || !other) return '–';
  let both = 0;
  let either = 0;
  for (const [filter, kept] of one.entries()) {
    const pruned = [kept, other[filter]].filter((bit) => bit === 0).length;
    if (pruned > 0) either++;
    if (pruned === 2) both++;
  }
  return either === 0 ? '–' : `${both}/${either}`;
}

/** What there is to say of a filter, a line each; the first names it. */
export function describeFilter(run: RunHistory, at: number, layer: number, filter: number): string {
  const { name, mask } = run.records[at]!.layers[layer]!;
  const life = filterLife(run.records, at, layer, filter);
  const criterion = run.manifest.config.pruning.criterion.toUpperCase();
  return [
    `${name}, filter ${filter} of ${mask.length}`,
    `${life.kept ? 'Kept' : 'Pruned'} since ${sinceMoment(life.since)}`,
    `${criterion} norm ${significant(life.norm)}, ${percent(life.share, 0)} of the layer’s largest`,
    life.returns === 0 ? 'Never came back' : `Came back ${count(life.returns, 'time')}`,
  ].join('\n');
}

function sinceMoment(epoch: number): string {
  return epoch < 0 ? 'before training' : `the pruning after epoch ${epoch + 1}`;
}

/** The same as text: pruned and returned filters of every layer. */
export function prunedFilters(records: readonly PruningRecord[], at: number): { layer: string; pruned: string }[] {
  return (records[at]?.layers ?? []).map(({ name, mask }) => ({
    layer: name,
    pruned: [...mask.keys()].filter((filter) => mask[filter] === 0).join(', ') || 'none',
  }));
}
