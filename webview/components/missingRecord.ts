import { html, type TemplateResult } from 'lit-html';
import type { Pruning } from '../../src/runs/model/history';
import { icon } from './controls';
import { momentOf } from './filterLife';
import type { ShownRun } from './shownRuns';

/** Stands where the filters of a pruning would be whose record has not come yet, or can't be read. `of` names the run among several. */
export function missingRecordNotice({ awaitsRecords }: ShownRun, { event }: Pruning, of = ''): TemplateResult {
  if (awaitsRecords)
    return html`<p class="empty" role="status">
      ${of === '' ? 'The' : `${of}: the`} filters of the pruning ${momentOf(event.epoch)} are on their way.
    </p>`;
  return html`<div class="notice warning" role="note">
    ${icon('warning')}
    <p>
      ${of === '' ? 'The' : `${of}: the`} record of the pruning ${momentOf(event.epoch)} is damaged or missing. It is
      known how many filters were pruned, but not which, nor their scores.
    </p>
  </div>`;
}
