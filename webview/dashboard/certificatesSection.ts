import { html, nothing, type TemplateResult } from 'lit-html';
import { isEqual, unequalSentence } from '../../src/runs/model/certificateFindings';
import type { RunHistory } from '../../src/runs/model/history';
import type { WebviewMessage } from '../../src/protocol/messages';
import { badge } from '../components/chartFigure';
import { button, icon, iconButton } from '../components/controls';
import type { LabelledRun } from '../components/layerTable';
import { count } from '../components/numbers';
import { certificateContent } from './certificateContent';

type Post = (message: WebviewMessage) => void;

/** The compact network of every run that is done: a card each, with its certificate or the way to one. */
export function certificatesSection(all: readonly LabelledRun[], post: Post): TemplateResult {
  const done = all.filter(mayHaveCertificate);
  return html`<section class="certificates" aria-labelledby="certificates-title">
    <h2 id="certificates-title">Compact networks</h2>
    ${
      done.length === all.length
        ? nothing
        : html`<p class="empty">
            When a run has finished, its pruned filters are left out, and the network that remains is compared with the
            masked one and measured.
          </p>`
    }
    ${
      done.length === 0
        ? nothing
        : html`<div class="cards">${done.map((shown) => certificateCard(shown, all.length > 1, post))}</div>`
    }
  </section>`;
}

/** Of many runs, whose certificates stand in their opened rows: how many there are, and which are not as they should be. */
export function certificatesInBrief(all: readonly LabelledRun[]): TemplateResult {
  const finished = all.filter(({ run }) => run.status === 'finished');
  const certified = finished.filter(({ run }) => run.certificate);
  const named = (some: readonly LabelledRun[]): string => some.map(({ label }) => label.letter).join(', ');
  const different = certified.filter(({ run }) => !isEqual(run.certificate!));
  const without = finished.filter(({ run }) => !run.certificate);
  const equal = certified.length - different.length;
  return html`<section class="certificates" aria-labelledby="certificates-title">
    <h2 id="certificates-title">Compact networks</h2>
    ${
      finished.length === 0
        ? html`<p class="empty">Each run that finishes gets one, compared with its masked network and measured.</p>`
        : html`<p>
            ${equal} of ${count(finished.length, 'finished run')}: proven equal to the masked network. Open a run above
            to see its certificate.
          </p>`
    }
    ${different.length > 0 ? warning(`${named(different)}: ${unequalSentence}`) : nothing}
    ${without.length > 0 ? warning(`Without a compact network: ${named(without)}.`) : nothing}
  </section>`;
}

function warning(text: string): TemplateResult {
  return html`<div class="notice warning" role="note">
    ${icon('warning')}
    <p>${text}</p>
  </div>`;
}

/** Whether there is something to tell of a run's compact network. */
export function mayHaveCertificate({ run }: LabelledRun): boolean {
  return !isTraining(run);
}

function isTraining({ status }: RunHistory): boolean {
  return status === 'running' || status === 'created';
}

/** The compact network of a run that is done, with its certificate or the way to one. */
export function certificateCard({ run, label }: LabelledRun, several: boolean, post: Post): TemplateResult {
  const { name } = run.manifest;
  return html`<section class="card certificate" aria-label="Compact network of ${name}">
    <header>
      ${several ? badge(label.letter, label.colour) : nothing}
      <h3 data-tip=${name} tabindex="-1">${several ? label.label : name}</h3>
      ${run.certificate ? actions(run, post) : nothing}
    </header>
    ${run.certificate ? certificateContent(run.certificate, name, compactAgain(run, post)) : withoutCertificate(run, post)}
  </section>`;
}

function compactAgain({ manifest }: RunHistory, post: Post): () => void {
  return () => {
    post({ type: 'compact', runId: manifest.id });
  };
}

function actions(run: RunHistory, post: Post): TemplateResult {
  const { id, name } = run.manifest;
  return html`<span class="actions">
    ${button({
      label: 'Export…',
      name: `Export a network of ${name}…`,
      icon: 'export',
      secondary: true,
      onClick: () => {
        post({ type: 'export', runId: id });
      },
    })}
    ${iconButton({ label: `Compact ${name} again`, icon: 'refresh', onClick: compactAgain(run, post) })}
  </span>`;
}

/** Runs that ended early are not compacted by themselves, and may have nothing that could be. */
function withoutCertificate(run: RunHistory, post: Post): TemplateResult {
  if (run.status !== 'finished' && run.epochs.length === 0)
    return html`<p class="empty">
      It ended before its first checkpoint of a pruned network: there is nothing to compact.
    </p>`;
  const why =
    run.status === 'finished'
      ? 'There is no compact network yet.'
      : 'It ended early, so it was not compacted. What its best pruned checkpoint comes to can be found out.';
  return html`<p class="empty">
      ${why} Compacting leaves the pruned filters out, compares the logits of both networks on all test images, and
      measures how much faster the small one is here. It takes about a minute.
    </p>
    <div>
      ${button({
        label: 'Compact this run',
        name: `Compact this run: ${run.manifest.name}`,
        icon: 'fold',
        onClick: compactAgain(run, post),
      })}
    </div>`;
}
