import { html, type TemplateResult } from 'lit-html';
import type { UnreadableRun } from '../../src/protocol/messages';
import { icon } from './controls';

/** Runs that a view would show if they could be read, each with the reason. */
export function unreadableNotes(runs: readonly UnreadableRun[]): TemplateResult[] {
  return runs.map(
    ({ name, problem }) =>
      html`<div class="notice error unreadable" role="alert">
        ${icon('error')}
        <p>${name} cannot be shown: ${problem}</p>
      </div>`,
  );
}
