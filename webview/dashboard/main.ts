import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { RunHistory } from '../../src/runs/history';
import type { EpochPickEvent } from '../components/chartFigure';
import { button, checkbox, dropdown, table, type Content } from '../components/controls';
import { recordAt } from '../components/filterLife';
import { layerTable, prunedFilters, type LabelledRun } from '../components/layerTable';
import { maskLegend } from '../components/maskLegend';
import { runLabels } from '../components/runLabels';
import { sharedSettings } from '../components/sharedSettings';
import { timeline } from '../components/timeline';
import { mountView, type Actions, type ViewState } from '../components/view';
import { accuracyChart, lossChart } from './charts';
import './dashboard.css';
import { runCard } from './runCard';

interface Choices {
  /** Epoch of the pruning that is looked at; null is the newest. */
  readonly epoch: number | null;
  /** Ids of the runs whose filters are shown, when there are more than two. */
  readonly pair: readonly string[];
  readonly asText: boolean;
}

type Post = Actions<Choices>['post'];

mountView<Choices>({ defaults: { epoch: null, pair: [], asText: false }, template: dashboard });

function dashboard({ runs, choices }: ViewState<Choices>, actions: Actions<Choices>): TemplateResult {
  if (!runs) return html`<main class="empty-state"><p>Waiting for VS Code to hand over the runs.</p></main>`;
  if (runs.length === 0) return emptyState(actions.post);
  const labels = runLabels(runs);
  const all = runs.map((run, index): LabelledRun => ({ run, label: labels[index]! }));
  return html`<main>
    ${heading(runs, actions.post)}
    <div class="cards">${all.map((shown) => runCard(shown, all, actions.post))}</div>
    ${charts(all, choices, actions)} ${filters(all, choices, actions)}
  </main>`;
}

function emptyState(post: Post): TemplateResult {
  return html`<main class="empty-state">
    <p>There is no run to show yet: start one from a config, and it appears here while it trains.</p>
    ${button({
      label: 'Start SFP run',
      icon: 'play',
      onClick: () => {
        post({ type: 'startRun' });
      },
    })}
  </main>`;
}

function heading(runs: readonly RunHistory[], post: Post): TemplateResult {
  const experiments = [...new Set(runs.map(({ manifest }) => manifest.experiment))];
  const runIds = runs.map(({ manifest }) => manifest.id);
  return html`<header class="page">
    <div>
      <h1>${experiments.join(', ')}</h1>
      <p class="settings">${sharedSettings(runs)}</p>
    </div>
    ${
      runs.length > 1
        ? button({
            label: 'Compare',
            icon: 'diff',
            secondary: true,
            onClick: () => {
              post({ type: 'compare', runIds });
            },
          })
        : nothing
    }
  </header>`;
}

function charts(all: readonly LabelledRun[], { epoch }: Choices, { choose }: Actions<Choices>): TemplateResult {
  const selected = epoch === null ? null : epoch + 1;
  const dependencies = [selected, ...all.flatMap(({ run, label }) => [run.manifest.id, run.epochs, label.label])];
  const pick = ({ detail }: EpochPickEvent): void => {
    choose({ epoch: detail.epochsTrained - 1 });
  };
  return html`<div class="charts" @epoch-pick=${pick}>
    <chart-figure .content=${guard(dependencies, () => accuracyChart(all, selected))}></chart-figure>
    <chart-figure .content=${guard(dependencies, () => lossChart(all, selected))}></chart-figure>
  </div>`;
}

function filters(all: readonly LabelledRun[], choices: Choices, { choose }: Actions<Choices>): TemplateResult {
  const shown = shownPair(all, choices.pair);
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

function pairChooser(
  all: readonly LabelledRun[],
  shown: readonly LabelledRun[],
  choose: Actions<Choices>['choose'],
): Content {
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
  const columns = shown.map(({ run }) => prunedFilters(run.records, recordAt(run.records, epoch)));
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
