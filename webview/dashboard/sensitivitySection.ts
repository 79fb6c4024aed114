import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { Sensitivity } from '../../src/runs/model/sensitivity';
import { isComplete, suggestedRates } from '../../src/runs/model/suggestedRates';
import { badge } from '../components/chartFigure';
import { button, dropdown, table } from '../components/controls';
import type { LabelledRun } from '../components/layerTable';
import { percent } from '../components/numbers';
import type { Actions } from '../components/view';
import { criteriaSection, type CriteriaChoices } from './criteriaSection';
import { poolLabel, sensitivityCharts } from './sensitivityCharts';
import { shellWord } from '../../src/runs/model/shellWord';

export interface SensitivityChoices extends CriteriaChoices {
  /** Id of the run whose sensitivity is shown, when there are several. */
  readonly sensitivityOf: string | null;
  /** Points of accuracy that a layer alone may cost. */
  readonly allowedDrop: number;
}

const drops = [0.5, 1, 2, 5] as const;

/** How accuracy falls when layers are pruned one at a time, and the rates that follow from that. */
export function sensitivitySection(
  all: readonly LabelledRun[],
  choices: SensitivityChoices,
  actions: Actions<SensitivityChoices>,
): TemplateResult {
  const shown = chosenRun(all, choices.sensitivityOf);
  const { sensitivity } = shown.run;
  return html`<section class="sensitivity" aria-labelledby="sensitivity-title">
      <header>
        <h2 id="sensitivity-title">Sensitivity of the layers</h2>
        ${all.length > 1 ? runChooser(all, shown, actions) : nothing}
      </header>
      ${sensitivity === null ? notMeasured(shown, actions) : measured(shown, sensitivity, choices, actions)}
    </section>
    ${sensitivity === null ? nothing : criteriaSection(shown.run.manifest.name, sensitivity, choices, actions)}`;
}

/** The chosen one, else the first that is measured, else the first. */
function chosenRun(all: readonly LabelledRun[], id: string | null): LabelledRun {
  const chosen = all.find(({ run }) => run.manifest.id === id);
  return chosen ?? all.find(({ run }) => run.sensitivity !== null) ?? all[0]!;
}

function runChooser(
  all: readonly LabelledRun[],
  shown: LabelledRun,
  { choose }: Actions<SensitivityChoices>,
): TemplateResult {
  return html`${badge(shown.label.letter, shown.label.colour)}
  ${dropdown({
    label: 'Run whose sensitivity is shown',
    options: all.map(({ run, label }) => ({ value: run.manifest.id, text: `${label.letter} ${label.label}` })),
    value: shown.run.manifest.id,
    onChange: (sensitivityOf) => {
      choose({ sensitivityOf });
    },
  })}`;
}

function notMeasured({ run }: LabelledRun, actions: Actions<SensitivityChoices>): TemplateResult {
  if (run.status === 'running' || run.status === 'created')
    return html`<p class="empty">When training has ended it can be measured how much pruning each layer bears.</p>`;
  return html`<p class="empty">
      Not measured yet: how the accuracy falls when one layer at a time is pruned harder, and how far the criteria
      agree. It takes some minutes and can be stopped and continued. In a terminal:
      <code>sfp sensitivity ${shellWord(run.manifest.id)}</code>
    </p>
    ${measureButton(run.manifest.id, 'Measure sensitivity', actions)}`;
}

function measureButton(runId: string, label: string, { post }: Actions<SensitivityChoices>): TemplateResult {
  return html`<div>
    ${button({
      label,
      icon: 'beaker',
      secondary: true,
      onClick: () => {
        post({ type: 'measureSensitivity', runId });
      },
    })}
  </div>`;
}

function measured(
  { run }: LabelledRun,
  sensitivity: Sensitivity,
  choices: SensitivityChoices,
  actions: Actions<SensitivityChoices>,
): TemplateResult {
  const { subject, base, pools, poolCount } = sensitivity;
  const { rate } = run.manifest.config.pruning;
  return html`<p class="settings">
      ${subject.weights}, ranked by ${subject.criterion}: ${percent(base.accuracy)} of ${subject.images} validation
      images before anything more is pruned.
    </p>
    ${
      isComplete(sensitivity)
        ? nothing
        : html`<p role="status">${pools.length} of ${poolCount} are measured.</p>
            ${measureButton(run.manifest.id, 'Go on measuring', actions)}`
    }
    <div class="charts">
      ${guard([sensitivity, rate], () =>
        sensitivityCharts(sensitivity, rate).map((content) => html`<chart-figure .content=${content}></chart-figure>`),
      )}
    </div>
    ${isComplete(sensitivity) ? suggestion(run.manifest, sensitivity, choices, actions) : nothing}`;
}

function suggestion(
  { id, name, configFile }: LabelledRun['run']['manifest'],
  sensitivity: Sensitivity,
  { allowedDrop }: SensitivityChoices,
  { choose, post }: Actions<SensitivityChoices>,
): TemplateResult {
  const drop = allowedDrop / 100;
  return html`<div class="suggestion">
      <span>Each layer alone may cost</span>
      ${dropdown({
        label: 'Points of accuracy that a layer may cost',
        options: drops.map((points) => ({
          value: String(points),
          text: points === 1 ? '1 point' : `${points} points`,
        })),
        value: String(allowedDrop),
        onChange: (points) => {
          choose({ allowedDrop: Number(points) });
        },
      })}
      ${
        configFile === null
          ? nothing
          : button({
              label: 'Write suggested rates into the config',
              name: `Write suggested rates into the config of ${name}`,
              icon: 'edit',
              secondary: true,
              onClick: () => {
                post({ type: 'writeSuggestedRates', runId: id, drop });
              },
            })
      }
    </div>
    <p class="empty">All layers together cost more than each alone: train with the rates to see what they come to.</p>
    <details>
      <summary>Suggested rates as table</summary>
      <div class="scrolled">${suggestionTable(sensitivity, drop)}</div>
    </details>`;
}

function suggestionTable(sensitivity: Sensitivity, drop: number): TemplateResult {
  return table({
    label: 'Suggested rates',
    columns: [
      { title: 'Layer', width: 'max-content' },
      { title: 'Suggested rate', numeric: true },
      { title: 'Pruned', numeric: true, hint: 'At the suggested rate; of coupled layers, of each.' },
      { title: 'Pruned already', numeric: true },
      { title: 'Accuracy', numeric: true, hint: 'With this layer alone pruned by the suggested rate.' },
    ],
    rows: suggestedRates(sensitivity, drop).map(({ pool, layers, rate, pruned, groups, accuracy }, index) => ({
      key: pool,
      cells: [
        poolLabel({ name: pool, layers: [...layers] }),
        percent(rate, 0),
        `${pruned} of ${groups}`,
        String(sensitivity.pools[index]!.prunedBefore),
        percent(accuracy),
      ],
    })),
  });
}
