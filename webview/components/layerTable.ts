import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { criteria } from '../../src/pruning/criteria';
import { maskOverlap, type LayerOverlap } from '../../src/runs/model/comparison';
import type { LayerRecord, RunEventOf } from '../../src/runs/model/format';
import type { Pruning } from '../../src/runs/model/history';
import { badge } from './chartFigure';
import type { Content } from './controls';
import './columnRuler';
import { missingRecordNotice } from './missingRecord';
import { filterLife, layerRecord, pruningAt, returnedFilters } from './filterLife';
import './filterStrip';
import './layerRow';
import { count, percent, significant } from './numbers';
import type { RunLabel } from './runLabels';
import type { ShownRun } from './shownRuns';

export interface LabelledRun {
  readonly run: ShownRun;
  readonly label: RunLabel;
}

/** A run with the pruning that is looked at. */
interface Column extends LabelledRun {
  readonly at: number;
  readonly pruning: Pruning;
  readonly layers: ReadonlyMap<string, RunEventOf<'pruned'>['layers'][number]>;
}

/** What is said of the rows beside their filters. */
export interface RowMarks {
  /** What stands beside a layer's name; it follows from `of` alone. */
  readonly beside: (layer: string) => Content;
  readonly of: unknown;
  /** The classes of a layer's row, separated by spaces; they follow from `of` and the chosen layer. */
  readonly classes: (layer: string) => string;
  readonly chosen: string;
}

/** One row a layer with the filters of one or two runs, aligned, and what two runs have in common. */
export function layerTable(
  shown: readonly LabelledRun[],
  epoch: number | null,
  marks: RowMarks | null = null,
): TemplateResult {
  const pruned = shown.filter(({ run }) => run.prunings.length > 0);
  const waiting = shown.filter(({ run }) => run.prunings.length === 0);
  // What comes of other prunings is no reason to make hundreds of rows anew.
  const dependencies = pruned.flatMap(({ run, label }) => {
    const at = Math.max(0, pruningAt(run.prunings, epoch));
    return [run.manifest.id, run.prunings[at], run.prunings[at - 1]?.record, run.awaitsRecords, label.label];
  });
  return html`${waiting.map(
    ({ label }) =>
      html`<p class="empty">
        ${label.letter} ${label.label} has not pruned yet: its filters appear after the first pruning, which comes
        before training.
      </p>`,
  )}
  ${guard([...dependencies, marks?.of, marks?.chosen], () =>
    pruned.length > 0 ? rows(pruned, epoch, marks, dependencies) : nothing,
  )}`;
}

/** Rows are drawn again only when something of what they depend on has changed, which is not who is chosen. */
function rows(
  pruned: readonly LabelledRun[],
  epoch: number | null,
  marks: RowMarks | null,
  dependencies: readonly unknown[],
): TemplateResult {
  const columns = pruned.map(({ run, label }): Column => {
    const at = Math.max(0, pruningAt(run.prunings, epoch));
    const pruning = run.prunings[at]!;
    return { run, label, at, pruning, layers: new Map(pruning.event.layers.map((layer) => [layer.name, layer])) };
  });
  const [one, other] = columns.map(({ pruning }) => pruning.record);
  const overlaps = new Map(one && other ? maskOverlap(one, other).map((overlap) => [overlap.name, overlap]) : []);
  const names = [...new Set(columns.flatMap(({ layers }) => [...layers.keys()]))];
  // As recorded, for only these are drawn: events of a damaged folder may claim any number.
  const recorded = columns.flatMap(({ pruning }) => pruning.record?.layers ?? []);
  const widest = recorded.reduce((most, { mask }) => Math.max(most, mask.length), 1);
  return html`${damagedRecords(columns)}
    <div class="layers columns-${columns.length}" data-strips role="group" aria-label="Filters by layer">
      <column-ruler .columns=${{ names, digits: String(widest).length }}></column-ruler>
      ${columns.length > 1 ? heading(columns) : nothing}
      ${sheetsOf(names, widest).map(
        (some) =>
          html`<filter-sheet
            >${some.map(
              (name) =>
                html`<layer-row
                  class="layer ${marks?.classes(name) ?? ''}"
                  data-layer=${name}
                  .content=${guard(
                    [name, ...dependencies, marks?.of],
                    () => () => row(name, columns, widest, overlaps.get(name), marks),
                  )}
                ></layer-row>`,
            )}</filter-sheet
          >`,
      )}
    </div>`;
}

/** Layers by the sheets that they are painted on: few sheets in a window, and none that is too large for a canvas. */
function sheetsOf(names: readonly string[], widest: number): string[][] {
  const rows = Math.max(1, Math.min(16, Math.floor(8192 / widest)));
  return Array.from({ length: Math.ceil(names.length / rows) }, (_, sheet) =>
    names.slice(sheet * rows, (sheet + 1) * rows),
  );
}

function row(
  name: string,
  columns: readonly Column[],
  widest: number,
  overlap: LayerOverlap | undefined,
  marks: RowMarks | null,
): TemplateResult {
  return html`<span class="name" title=${name}><bdi>${name}</bdi></span> ${marks?.beside(name) ?? nothing}
    ${columns.map((column) => filters(column, name, widest))}
    ${columns.length > 1 ? html`<span class="overlap">${inCommon(overlap)}</span>` : nothing}`;
}

function damagedRecords(columns: readonly Column[]): TemplateResult[] {
  return columns
    .filter(({ pruning }) => pruning.record === null)
    .map(({ run, pruning, label }) =>
      missingRecordNotice(run, pruning, columns.length > 1 ? `${label.letter} ${label.label}` : ''),
    );
}

function heading(columns: readonly Column[]): TemplateResult {
  return html`<div class="layer heading">
    <span class="name"></span>
    ${columns.map(
      ({ label }) =>
        html`<span class="run-name" title=${label.label}
          >${badge(label.letter, label.colour)}<span class="label">${label.label}</span></span
        >`,
    )}
    <span
      class="overlap hinted"
      tabindex="0"
      data-tip="Filters pruned in both runs, of those pruned in either: ${'\n'}4/5 means that four of five agree."
      >in common</span
    >
  </div>`;
}

function filters({ run, at, pruning, layers }: Column, name: string, widest: number): TemplateResult {
  const layer = layers.get(name);
  if (layer === undefined) return html`<span class="filters none">not in this network</span>`;
  const kept = layer.filters - layer.pruned;
  return html`<span class="filters">
    <span class="kept" data-tip="${count(kept, 'filter')} kept of ${layer.filters}"
      >${kept}<span class="of">/${layer.filters}</span></span
    >
    <span class="returned" data-tip="${count(layer.returned, 'filter')} came back at this pruning"
      >${layer.returned > 0 ? `+${layer.returned}` : ''}</span
    >
    ${strip(run, at, pruning.record?.layers.find((recorded) => recorded.name === name) ?? null, widest)}
  </span>`;
}

function strip(run: ShownRun, at: number, layer: LayerRecord | null, widest: number): TemplateResult {
  if (layer === null) return html`<span class="unrecorded">${run.awaitsRecords ? '…' : 'not recorded'}</span>`;
  const { name, scores, mask } = layer;
  const returned = returnedFilters(run.prunings, at, name);
  const describe = (filter: number): string => describeFilter(run, at, name, filter);
  return html`<filter-strip .content=${{ layer: name, scores, mask, returned, widest, describe }}></filter-strip>`;
}

function inCommon(overlap: LayerOverlap | undefined): string {
  if (!overlap) return '–';
  const either = overlap.same + overlap.onlyA + overlap.onlyB;
  return either === 0 ? '–' : `${overlap.same}/${either}`;
}

/** What there is to say of a filter, a line each; the first names it. */
export function describeFilter(run: ShownRun, at: number, layer: string, filter: number): string {
  const filters = run.prunings[at]?.event.layers.find(({ name }) => name === layer)?.filters ?? 0;
  const title = `${layer}, filter ${filter} of ${filters}`;
  const life = filterLife(run.prunings, at, layer, filter);
  if (life === null)
    return `${title}\n${run.awaitsRecords ? 'On its way' : 'The record of this pruning is damaged or missing'}`;
  const { kept, since, returns, score, share, complete } = life;
  return [
    title,
    `${kept ? 'Kept' : 'Pruned'} ${since < 0 ? 'from the start' : `since the pruning after epoch ${since + 1}`}`,
    `Score (${criteria[run.manifest.config.pruning.criterion].title}) ${significant(score)}, ` +
      `${percent(share, 0)} of the layer’s largest`,
    returns === 0 ? 'Never came back' : `Came back ${count(returns, 'time')}`,
    ...(complete
      ? []
      : [`As far as can be told: earlier records are ${run.awaitsRecords ? 'on their way' : 'damaged or missing'}`]),
  ].join('\n');
}

/** Pruned filters of every layer, as text; only their number where they are not recorded. */
export function prunedFilters(pruning: Pruning | undefined): { layer: string; pruned: string }[] {
  return (pruning?.event.layers ?? []).map(({ name, pruned }) => {
    const mask = layerRecord(pruning, name)?.mask;
    const which = mask && [...mask.keys()].filter((filter) => mask[filter] === 0).join(', ');
    return { layer: name, pruned: (which ?? `${count(pruned, 'filter')}, not recorded which`) || 'none' };
  });
}
