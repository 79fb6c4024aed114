import { html, type TemplateResult } from 'lit-html';
import type { WebviewMessage } from '../../src/protocol/messages';
import { button } from './controls';

/** Stands there until the host has handed over what is shown; tests and screen readers see that it is busy. */
export function waitingFor(what: 'the run' | 'the runs'): TemplateResult {
  return html`<main class="empty-state" aria-busy="true"><p>Waiting for VS Code to hand over ${what}.</p></main>`;
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
