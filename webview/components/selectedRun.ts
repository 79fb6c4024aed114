import { html, type TemplateResult } from 'lit-html';
import type { WebviewMessage } from '../../src/protocol/messages';
import type { RunHistory } from '../../src/runs/model/history';
import { button, type Content } from './controls';
import { statusSign } from './runNotes';

/** What the views in the side bar have in common: they show the run that is selected. */
export function waitingForRun(): TemplateResult {
  return html`<main class="empty-state" aria-busy="true"><p>Waiting for VS Code to hand over the run.</p></main>`;
}

/** Stands where the run would be; `invitation` says how one gets there. */
export function noRun(invitation: string, post: (message: WebviewMessage) => void): TemplateResult {
  return html`<main class="empty-state">
    <p>${invitation}</p>
    ${button({
      label: 'Start SFP run',
      icon: 'play',
      onClick: () => {
        post({ type: 'startRun' });
      },
    })}
  </main>`;
}

/** Name and status of a run; `chooser` stands in place of the name. */
export function runHeader(run: RunHistory, chooser: Content | null = null): TemplateResult {
  return html`<header>${chooser ?? html`<h1>${run.manifest.name}</h1>`} ${statusSign(run)}</header>`;
}
