import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { RunHistory } from '../../src/runs/model/history';
import type { EpochPickEvent } from '../components/chartFigure';
import { button } from '../components/controls';
import { noRun, waitingFor } from '../components/emptyStates';
import { filtersSection, type FiltersChoices } from '../components/filtersSection';
import type { LabelledRun } from '../components/layerTable';
import { accuracyChart, lossChart, maskChart } from '../components/runCharts';
import { runLabels } from '../components/runLabels';
import { sharedSettings } from '../components/sharedSettings';
import { mountView, type Actions, type ViewState } from '../components/view';
import { certificatesInBrief, certificatesSection } from './certificatesSection';
import './dashboard.css';
import './runRows.css';
import { runCard } from './runCard';
import { mostCards, runRows, type RowsChoices } from './runRows';
import { sensitivitySection, type SensitivityChoices } from './sensitivitySection';

type Choices = FiltersChoices & SensitivityChoices & RowsChoices;
type Post = Actions<Choices>['post'];

mountView<Choices>({
  defaults: {
    epoch: null,
    pair: [],
    asText: false,
    sensitivityOf: null,
    allowedDrop: 1,
    criteriaMeasure: 'rankCorrelation',
    opened: [],
  },
  template: dashboard,
});

function dashboard({ runs, choices }: ViewState<Choices>, actions: Actions<Choices>): TemplateResult {
  if (!runs) return waitingFor('the runs');
  if (runs.length === 0) return noRun(invitation, actions.post);
  const labels = runLabels(runs);
  const all = runs.map((run, index): LabelledRun => ({ run, label: labels[index]! }));
  const areMany = all.length > mostCards;
  return html`<main>
    ${heading(runs, actions.post)}
    ${
      areMany
        ? runRows(all, choices, actions.choose, actions.post)
        : html`<div class="cards">${all.map((shown) => runCard(shown, all, actions.post))}</div>`
    }
    ${charts(all, choices, actions)} ${areMany ? certificatesInBrief(all) : certificatesSection(all, actions.post)}
    ${filtersSection(all, choices, actions.choose)} ${sensitivitySection(all, choices, actions)}
  </main>`;
}

const invitation = 'There is no run to show yet: start one from a config, and it appears here while it trains.';

/** Baselines have another pruning on purpose, so what the others have in common is told. */
function judgedRuns(runs: readonly RunHistory[]): readonly RunHistory[] {
  const judged = runs.filter(({ manifest }) => !manifest.baseline);
  return judged.length > 0 ? judged : runs;
}

function heading(runs: readonly RunHistory[], post: Post): TemplateResult {
  const experiments = [...new Set(runs.map(({ manifest }) => manifest.experiment))];
  const runIds = runs.map(({ manifest }) => manifest.id);
  return html`<header class="page">
    <div>
      <h1>${experiments.join(', ')}</h1>
      <p class="settings">${sharedSettings(judgedRuns(runs))}</p>
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
  if (all.every(({ run }) => run.epochs.length === 0))
    return html`<p class="empty">The curves of accuracy and loss begin when the first epoch is done.</p>`;
  const selected = epoch === null ? null : epoch + 1;
  const dependencies = all.flatMap(({ run, label }) => [run.manifest.id, run.epochs, label.label]);
  const pick = ({ detail }: EpochPickEvent): void => {
    choose({ epoch: detail.epochsTrained - 1 });
  };
  return html`<div class="charts" @epoch-pick=${pick}>
    <chart-figure .content=${guard(dependencies, () => accuracyChart(all))} .selected=${selected}></chart-figure>
    <chart-figure .content=${guard(dependencies, () => lossChart(all))} .selected=${selected}></chart-figure>
    <chart-figure
      .content=${guard([...dependencies, ...all.map(({ run }) => run.prunings)], () => maskChart(all))}
      .selected=${selected}
    ></chart-figure>
  </div>`;
}
