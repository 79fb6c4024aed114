import { html, type TemplateResult } from 'lit-html';
import type { Pruning } from '../../src/runs/model/history';
import { icon } from './controls';
import { momentOf } from './filterLife';

/** Stands where the filters of a pruning would be whose record can't be read. `of` names the run among several. */
export function damagedRecordNotice({ event }: Pruning, of = ''): TemplateResult {
  return html`<div class="notice warning" role="note">
    ${icon('warning')}
    <p>
      ${of === '' ? 'The' : `${of}: the`} record of the pruning ${momentOf(event.epoch)} is damaged or missing. It is
      known how many filters were pruned, but not which, nor their scores.
    </p>
  </div>`;
}
