import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { configSettings } from '../../src/config/differences';
import { differingSettings, seedGroups } from '../../src/runs/model/comparison';
import type { RunHistory } from '../../src/runs/model/history';
import { settingText } from '../../src/runs/model/settingsInWords';
import { asCsv, asMarkdown } from '../../src/runs/model/tableText';
import type { EpochPickEvent } from '../components/chartFigure';
import { copyText } from '../components/clipboard';
import { button, checkbox, dropdown } from '../components/controls';
import { waitingFor } from '../components/emptyStates';
import { filtersSection, type FiltersChoices } from '../components/filtersSection';
import type { LabelledRun } from '../components/layerTable';
import { count } from '../components/numbers';
import { accuracyChart, lossChart, meanAccuracyChart } from '../components/runCharts';
import { runLabels } from '../components/runLabels';
import { scrolledAcross } from '../components/scrolledAcross';
import { sharedSettings } from '../components/sharedSettings';
import { seriesCount } from '../components/theme';
import { mountView, type Actions, type ViewState } from '../components/view';
import './compare.css';
import { comparedRows, type ComparedRow } from './comparedRows';
import { costSection, usualDrop } from './costSection';
import { seedsSection } from './seedsSection';
import { plainTable, resultsTable, settingsTable, sorted, type Sorting } from './resultsTable';

interface Choices extends FiltersChoices, Sorting {
  /** Runs that differ by their seed alone stand as one row; null leaves it to their number. */
  readonly grouped: boolean | null;
  readonly curves: 'gap' | 'after' | '';
  readonly settingsOpen: boolean;
  /** Points of accuracy that pruning may cost, as a text. */
  readonly drop: string;
}

mountView<Choices>({
  defaults: {
    epoch: null,
    pair: [],
    asText: false,
    sortBy: '',
    descending: false,
    grouped: null,
    curves: '',
    settingsOpen: false,
    drop: usualDrop,
  },
  template: compareView,
});

function compareView({ runs, choices }: ViewState<Choices>, actions: Actions<Choices>): TemplateResult {
  if (!runs) return waitingFor('the runs');
  if (runs.length < 2)
    return html`<main class="empty-state">
      <p>
        A comparison needs two runs: select two or more in the Runs view and choose Compare runs.
        ${runs[0] ? `Only ${runs[0].manifest.name} is left of those that were compared here.` : nothing}
      </p>
    </main>`;
  const labels = runLabels(runs);
  const all = runs.map((run, index): LabelledRun => ({ run, label: labels[index]! }));
  const grouped = choices.grouped ?? (runs.length > seriesCount && seedGroups(runs).length > 0);
  const rows = comparedRows(runs, labels, grouped);
  return html`<main>
    ${heading(runs, sorted(rows, choices), actions.post)}
    ${results(runs, rows, { ...choices, grouped }, actions.choose)} ${guard([...runs], () => seedsSection(runs))}
    ${guard([...runs, choices.drop], () =>
      costSection(runs, choices.drop, (drop) => {
        actions.choose({ drop });
      }),
    )}
    ${charts(all, rows, { ...choices, grouped }, actions.choose)} ${filtersSection(all, choices, actions.choose)}
  </main>`;
}

function heading(
  runs: readonly RunHistory[],
  rows: readonly ComparedRow[],
  post: Actions<Choices>['post'],
): TemplateResult {
  return html`<header class="page">
    <div>
      <h1>Compare ${count(runs.length, 'run')}</h1>
      <p class="settings">${sharedSettings(runs)}</p>
    </div>
    <span class="copy">
      ${button({
        label: 'Report',
        icon: 'output',
        secondary: true,
        onClick: () => {
          post({ type: 'report', runIds: runs.map(({ manifest }) => manifest.id) });
        },
      })}
      ${button({
        label: 'Copy as Markdown',
        icon: 'markdown',
        secondary: true,
        onClick: () => void copyText(asMarkdown(plainTable(rows, false)), 'the table as Markdown'),
      })}
      ${button({
        label: 'Copy as CSV',
        icon: 'copy',
        secondary: true,
        onClick: () => void copyText(asCsv(plainTable(rows, true)), 'the table as CSV'),
      })}
    </span>
  </header>`;
}

type Choose = Actions<Choices>['choose'];

/** As they are shown. */
type ShownChoices = Choices & { readonly grouped: boolean };

function results(
  runs: readonly RunHistory[],
  rows: readonly ComparedRow[],
  choices: ShownChoices,
  choose: Choose,
): TemplateResult {
  const differing = differingSettings(runs);
  return html`<section aria-labelledby="results-title">
    <div class="section-head">
      <h2 id="results-title">What differs, and results</h2>
      ${
        seedGroups(runs).length > 0
          ? checkbox({
              label: 'Mean over seeds',
              checked: choices.grouped,
              onChange: (grouped) => {
                choose({ grouped });
              },
            })
          : nothing
      }
    </div>
    ${differing.length === 0 ? html`<p class="empty">All settings of these runs are the same.</p>` : nothing}
    ${scrolledAcross('What differs, and results, scrolled sideways', resultsTable(rows, choices, choose))}
    ${allSettings(runs, new Set(differing.map(({ path }) => path)), choices.settingsOpen, choose)}
  </section>`;
}

function allSettings(
  runs: readonly RunHistory[],
  differing: ReadonlySet<string>,
  isOpen: boolean,
  choose: Choose,
): TemplateResult {
  const labels = runLabels(runs);
  const settings = runs.map(({ manifest }) => configSettings(manifest.config));
  const paths = [...new Set(settings.flatMap((setting) => [...setting.keys()]))];
  const toggled = (event: Event): void => {
    const { open } = event.target as HTMLDetailsElement;
    if (open !== isOpen) choose({ settingsOpen: open });
  };
  const columns = settings.map((setting, index) => ({
    letter: labels[index]!.letter,
    name: labels[index]!.label,
    settings: new Map([...setting].map(([path, value]) => [path, settingText(value)])),
  }));
  return html`<details ?open=${isOpen} @toggle=${toggled}>
    <summary>All settings: ${differing.size} differ, ${paths.length - differing.size} are the same</summary>
    ${isOpen ? settingsTable(paths, differing, columns) : nothing}
  </details>`;
}

function charts(
  all: readonly LabelledRun[],
  rows: readonly ComparedRow[],
  choices: ShownChoices,
  choose: Choose,
): TemplateResult {
  const selected = choices.epoch === null ? null : choices.epoch + 1;
  const curves = choices.curves || (all.length > 2 ? 'after' : 'gap');
  const dependencies = [curves, choices.grouped, ...all.flatMap(({ run, label }) => [run.epochs, label.label])];
  const pick = ({ detail }: EpochPickEvent): void => {
    choose({ epoch: detail.epochsTrained - 1 });
  };
  const accuracy = guard(dependencies, () => (choices.grouped ? meanAccuracyChart(rows) : accuracyChart(all, curves)));
  return html`<section aria-label="Curves">
    <div class="section-head">
      <h2>Curves</h2>
      ${
        choices.grouped
          ? nothing
          : dropdown({
              label: 'Accuracy curves',
              value: curves,
              options: [
                { value: 'after', text: 'After pruning' },
                { value: 'gap', text: 'Before and after pruning' },
              ],
              onChange: (chosen) => {
                choose({ curves: chosen === 'gap' ? 'gap' : 'after' });
              },
            })
      }
    </div>
    <div class="charts" @epoch-pick=${pick}>
      <chart-figure .content=${accuracy} .selected=${choices.grouped ? null : selected}></chart-figure>
      <chart-figure .content=${guard(dependencies, () => lossChart(all))} .selected=${selected}></chart-figure>
    </div>
  </section>`;
}
