import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { checkbox, dropdown, tabs, type Content } from '../components/controls';
import '../components/filterInspector';
import type { FilterInspector } from '../components/filterInspector';
import { pruningAt } from '../components/filterLife';
import { FilterStrip, type FilterPointEvent } from '../components/filterStrip';
import { LayerRow } from '../components/layerRow';
import { layerTable } from '../components/layerTable';
import { maskLegend } from '../components/maskLegend';
import { runLabels } from '../components/runLabels';
import { progressOf } from '../components/runStatus';
import { noRun, waitingFor } from '../components/emptyStates';
import { runHeader } from '../components/selectedRun';
import type { ShownRun } from '../components/shownRuns';
import { timeline } from '../components/timeline';
import { mountView, type Actions, type ViewState } from '../components/view';
import { filterNumbers } from './filterNumbers';
import { groupMarks, layerGroup } from './layerGroup';
import './layers.css';
import './maskRaster';
import type { RasterPointEvent } from './maskRaster';

interface Choices {
  readonly tab: string;
  /** Epoch of the pruning that is looked at; null is the newest. */
  readonly epoch: number | null;
  /** Id of the chosen run, when the host gives several. */
  readonly run: string;
  /** The chosen layer, whose group is told and which is shown over time; empty is none, and over time the first. */
  readonly layer: string;
  readonly asText: boolean;
  /** Names of the layers whose numbers are open. */
  readonly opened: readonly string[];
}

mountView<Choices>({
  defaults: { tab: 'now', epoch: null, run: '', layer: '', asText: false, opened: [] },
  template: layersView,
  reveal,
});

function layersView(state: ViewState<Choices>, actions: Actions<Choices>): TemplateResult {
  const { runs, choices } = state;
  if (!runs) return waitingFor('the run');
  const run = runs.find(({ manifest }) => manifest.id === choices.run) ?? runs[0];
  if (!run) return noRun('Select a run in the Runs view to see the filters of its layers here.', actions.post);
  return html`<main>
    ${runHeader(run, runs.length > 1 ? runChooser(runs, run, actions.choose) : null)}
    ${run.prunings.length === 0 ? notYet(run) : content(run, state, actions)}
  </main>`;
}

/** Goes to a layer in the way in which the user looks at layers now. */
function reveal(layer: string, { choices }: ViewState<Choices>, { choose }: Actions<Choices>): void {
  const opened = choices.asText ? [...new Set([...choices.opened, layer])] : choices.opened;
  choose({ layer, opened });
  // Called after the page has been drawn, in the same frame.
  requestAnimationFrame(() => {
    const places = [...document.querySelectorAll<HTMLElement>('[data-layer]')];
    const at = places.findIndex(({ dataset }) => dataset.layer === layer);
    if (at < 0) return;
    // Rows that are drawn later would push it away.
    for (const row of places.slice(0, at + 1)) if (row instanceof LayerRow) row.draw();
    const place = places[at]!;
    place.scrollIntoView({ block: 'start' });
    const focused = place.querySelector<HTMLElement>('filter-strip, summary') ?? place;
    focused.focus({ preventScroll: true });
    uncover();
  });
}

function notYet(run: ShownRun): TemplateResult {
  const ended = run.status !== 'running' && run.status !== 'created';
  return html`<p class="empty">
    ${
      ended
        ? 'This run ended before its first pruning, so there are no filters to show.'
        : `${progressOf(run).text}. The filters appear after the first pruning, which comes before training.`
    }
  </p>`;
}

function runChooser(runs: readonly ShownRun[], run: ShownRun, choose: Actions<Choices>['choose']): Content {
  const labels = runLabels(runs);
  return dropdown({
    label: 'Run',
    options: runs.map(({ manifest }, index) => ({ value: manifest.id, text: labels[index]!.label })),
    value: run.manifest.id,
    onChange: (id) => {
      choose({ run: id });
    },
  });
}

function content(run: ShownRun, state: ViewState<Choices>, actions: Actions<Choices>): TemplateResult {
  const { choices } = state;
  const at = Math.max(0, pruningAt(run.prunings, choices.epoch));
  const inspect = (event: FilterPointEvent | RasterPointEvent): void => {
    const { layer, filter } = event.detail;
    if (filter === null) return;
    // The inspector tells the same.
    event.preventDefault();
    const pointedAt = 'at' in event.detail ? event.detail.at : at;
    const inspector = document.querySelector<FilterInspector>('filter-inspector');
    if (!inspector) return;
    inspector.show({ run, at: pointedAt, layer, filter });
    uncover();
  };
  const choose = ({ target }: Event): void => {
    const layer = target instanceof Element ? target.closest<HTMLElement>('[data-layer]')?.dataset.layer : undefined;
    if (layer === undefined || layer === choices.layer) return;
    actions.choose({ layer });
    // What is told of the layer's group takes room, too.
    requestAnimationFrame(uncover);
  };
  const names = run.prunings[0]!.event.layers.map(({ name }) => name);
  const chosen = chosenLayer(names, choices);
  return html`<div class="content" @filter-point=${inspect} @focusin=${choose} @click=${choose}>
      ${tabs({
        label: 'Ways to look at the filters',
        active: choices.tab,
        onChange: (tab) => {
          actions.choose({ tab });
        },
        tabs: [
          { id: 'now', title: 'By layer', content: () => byLayer(run, at, choices, actions) },
          { id: 'time', title: 'Over time', content: () => overTime(run, choices, actions) },
        ],
      })}
    </div>
    <div class="told">
      ${
        chosen === null
          ? nothing
          : layerGroup({
              run,
              layer: chosen,
              listedLayers: new Set(names),
              onGo: (layer) => {
                reveal(layer, state, actions);
              },
            })
      }
      ${choices.tab === 'now' && choices.asText ? nothing : html`<filter-inspector></filter-inspector>`}
    </div>`;
}

/** The layer whose group is told; null where none is chosen. */
function chosenLayer(names: readonly string[], { tab, layer }: Choices): string | null {
  if (names.includes(layer)) return layer;
  return tab === 'time' ? (names[0] ?? null) : null;
}

/** What is told below the layers has its own height: it must not cover the strip that the keyboard is in. */
function uncover(): void {
  const strip = document.activeElement;
  const told = document.querySelector('.told');
  if (!(strip instanceof FilterStrip) || !told) return;
  const covered = strip.getBoundingClientRect().bottom - told.getBoundingClientRect().top;
  if (covered > 0) window.scrollBy(0, Math.ceil(covered));
}

function byLayer(run: ShownRun, at: number, choices: Choices, { choose }: Actions<Choices>): TemplateResult {
  return html`<div class="by-layer">
    ${timeline({
      runs: [run],
      epoch: choices.epoch,
      onChange: (epoch) => {
        choose({ epoch });
      },
    })}
    <div class="legend-line">
      ${choices.asText ? html`<span></span>` : maskLegend()}
      ${checkbox({
        label: 'As text',
        checked: choices.asText,
        onChange: (asText) => {
          choose({ asText });
        },
      })}
    </div>
    ${
      choices.asText
        ? filterNumbers({
            run,
            at,
            opened: choices.opened,
            onChange: (opened) => {
              choose({ opened });
            },
          })
        : layerTable([{ run, label: runLabels([run])[0]! }], choices.epoch, groupMarks(run, choices.layer))
    }
  </div>`;
}

function overTime(run: ShownRun, choices: Choices, { choose }: Actions<Choices>): TemplateResult {
  const { prunings } = run;
  const names = prunings[0]!.event.layers.map(({ name }) => name);
  const layer = chosenLayer(names, choices) ?? '';
  return html`<div class="over-time">
    ${dropdown({
      label: 'Layer',
      options: names.map((name) => ({ value: name, text: name })),
      value: layer,
      onChange: (chosen) => {
        choose({ layer: chosen });
      },
    })}
    <p class="mask-legend">
      <span><i class="ramp"></i>score, 0 to the pruning’s largest</span><span><i class="cell hatched"></i>pruned</span>
      ${
        prunings.some(({ record }) => record === null)
          ? html`<span
              ><i class="cell blank"></i>${run.awaitsRecords ? 'on its way' : 'record damaged or missing'}</span
            >`
          : nothing
      }
    </p>
    <mask-raster data-layer=${layer} .content=${guard([prunings, layer], () => ({ run, layer }))}></mask-raster>
    <div class="axis"><span>before training</span><span>epoch ${prunings.at(-1)!.event.epoch + 1}</span></div>
    <p class="empty">A row a filter, a column a pruning.</p>
  </div>`;
}
