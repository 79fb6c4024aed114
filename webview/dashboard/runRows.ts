import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { WebviewMessage } from '../../src/protocol/messages';
import { currentMultiplyAdds, type RunHistory } from '../../src/runs/model/history';
import { badge } from '../components/chartFigure';
import { count, duration, percent } from '../components/numbers';
import { statusSign } from '../components/runNotes';
import { plannedEpochs } from '../components/runStatus';
import type { LabelledRun } from '../components/layerTable';
import { certificateCard, mayHaveCertificate } from './certificatesSection';
import { experimentProgress } from './experimentProgress';
import { cardContent, runActions } from './runCard';

type Post = (message: WebviewMessage) => void;

/** More runs than these are shown as rows. */
export const mostCards = 6;

export interface RowsChoices {
  /** Ids of the runs whose rows are opened. */
  readonly opened: readonly string[];
}

/** Many runs: how far they are together, and a row for each, which opens into what a card shows. */
export function runRows(
  all: readonly LabelledRun[],
  { opened }: RowsChoices,
  choose: (changed: Partial<RowsChoices>) => void,
  post: Post,
): TemplateResult {
  const toggle = (id: string, isOpen: boolean): void => {
    if (isOpen === opened.includes(id)) return;
    choose({ opened: isOpen ? [...opened, id] : opened.filter((other) => other !== id) });
  };
  const rowOf = (shown: LabelledRun): TemplateResult => {
    const { id } = shown.run.manifest;
    return row(shown, all, { isOpen: opened.includes(id), toggle, post });
  };
  return html`<section class="run-rows" aria-labelledby="runs-title">
    ${together(all.map(({ run }) => run))}
    <div class="row-heads" aria-hidden="true">
      <span>Run</span><span>Status</span><span>Epochs</span><span>Accuracy</span><span>FLOPs</span>
    </div>
    <div class="rows" role="group" aria-label="Runs">${repeat(all, ({ run }) => run.manifest.id, rowOf)}</div>
  </section>`;
}

/** `3 of 27 finished · 2 running · 22 waiting`, with a bar over all epochs. */
function together(runs: readonly RunHistory[]): TemplateResult {
  const { finished, running, waiting, ended, fraction, secondsLeft } = experimentProgress(runs);
  const parts = [
    `${finished} of ${runs.length} finished`,
    ...(running > 0 ? [`${running} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(ended > 0 ? [`${ended} ended early`] : []),
  ];
  const left = secondsLeft === null ? '' : `about ${duration(secondsLeft)} left`;
  const text = parts.join(' · ');
  return html`<div class="progress">
    <div class="progress-text">
      <h2 id="runs-title">${text}</h2>
      <span
        class=${left === '' ? '' : 'hinted'}
        tabindex=${left === '' ? nothing : 0}
        data-tip="An estimate: the epochs that are left, at the mean time of an epoch so far, by ${count(
          running,
          'run',
        )} at once."
        >${left}</span
      >
    </div>
    ${bar('Progress of all runs', fraction, text, running > 0 ? 'running' : 'finished')}
  </div>`;
}

interface RowState {
  readonly isOpen: boolean;
  readonly toggle: (id: string, isOpen: boolean) => void;
  readonly post: Post;
}

function row(shown: LabelledRun, all: readonly LabelledRun[], { isOpen, toggle, post }: RowState): TemplateResult {
  const { run, label } = shown;
  const { id, name } = run.manifest;
  const planned = plannedEpochs(run);
  const done = run.epochs.length;
  const toggled = (event: Event): void => {
    toggle(id, (event.currentTarget as HTMLDetailsElement).open);
  };
  return html`<section class="row" aria-label="Run ${name}">
    <details ?open=${isOpen} @toggle=${toggled}>
      <summary>
        <span class="run-name" data-tip=${name}
          >${badge(label.letter, label.colour)}<span class="label">${label.label}</span></span
        >
        ${statusSign(run)}
        <span class="epochs"
          >${bar(`Progress of ${name}`, done / planned, `${done} of ${planned} epochs`, run.status)}<span
            >${done}<span class="of">/${planned}</span></span
          ></span
        >
        <span>${accuracyOf(run)}</span>
        <span>${savingOf(run)}</span>
      </summary>
      ${isOpen ? opened(shown, all, post) : nothing}
    </details>
    <span class="actions">${runActions(run, all, post, 'row')}</span>
  </section>`;
}

function opened(shown: LabelledRun, all: readonly LabelledRun[], post: Post): TemplateResult {
  return html`<div class="opened">
    ${cardContent(shown, all, post)} ${mayHaveCertificate(shown) ? certificateCard(shown, true, post) : nothing}
  </div>`;
}

function bar(label: string, fraction: number, text: string, status: RunHistory['status']): TemplateResult {
  return html`<span
    class="bar ${status}"
    role="progressbar"
    aria-label=${label}
    aria-valuetext=${text}
    aria-valuenow=${Math.round(100 * fraction)}
    ><span .style=${`width: ${(100 * Math.min(1, fraction)).toFixed(2)}%`}></span
  ></span>`;
}

/** On the test images once there is one, before that on the validation images. */
function accuracyOf({ outcome, epochs }: RunHistory): string {
  if (outcome?.type === 'finished') return percent(outcome.test.accuracy);
  const last = epochs.at(-1);
  const { accuracy } = last?.after ?? last?.before ?? { accuracy: null };
  return accuracy === null ? '–' : percent(accuracy);
}

function savingOf(run: RunHistory): string {
  const adds = currentMultiplyAdds(run);
  return adds ? `−${percent(1 - adds.exact / adds.dense)}` : '–';
}
