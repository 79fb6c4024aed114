import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunHistory } from '../../src/runs/model/history';
import { heldSentence } from '../../src/runs/model/heldSentence';
import { button, icon, type Content } from './controls';
import { statusSigns, troubleOf } from './runStatus';
import type { WebviewMessage } from '../../src/protocol/messages';

/** Status as icon and word. */
export function statusSign(run: RunHistory): TemplateResult {
  const { icon: name, word } = statusSigns[run.status];
  return html`<span class="status ${run.status}">${icon(name)}${word}</span>`;
}

/** What went wrong, with the way out, which network is trained while masks are held, and the warnings of a run. */
export function runNotes(run: RunHistory, post: (message: WebviewMessage) => void): Content[] {
  const runId = run.manifest.id;
  const trouble = troubleOf(run);
  const openLog = button({
    label: 'Open log',
    secondary: true,
    onClick: () => {
      post({ type: 'openLog', runId });
    },
  });
  return [
    trouble
      ? html`<div class="notice ${trouble.severe ? 'error' : 'info'}" role=${trouble.severe ? 'alert' : 'note'}>
          ${icon(trouble.severe ? 'error' : 'info')}
          <p>${trouble.text}</p>
          ${trouble.severe ? openLog : nothing}
        </div>`
      : nothing,
    run.held
      ? html`<div class="notice info" role="note">
          ${icon('info')}
          <p>${heldSentence(run.held)}</p>
        </div>`
      : nothing,
    ...run.warnings.map(
      (message) =>
        html`<div class="notice warning" role="note">
          ${icon('warning')}
          <p>${message}</p>
        </div>`,
    ),
  ];
}
