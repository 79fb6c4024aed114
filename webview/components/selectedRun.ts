import { html, type TemplateResult } from 'lit-html';
import type { RunHistory } from '../../src/runs/model/history';
import type { Content } from './controls';
import { statusSign } from './runNotes';

/** Name and status of a run; `chooser` stands in place of the name. */
export function runHeader(run: RunHistory, chooser: Content | null = null): TemplateResult {
  return html`<header>${chooser ?? html`<h1>${run.manifest.name}</h1>`} ${statusSign(run)}</header>`;
}
