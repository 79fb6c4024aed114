import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type { RunHistory } from '../../src/runs/model/history';
import { button, iconButton } from './controls';
import { momentOf, pruningAt } from './filterLife';

export interface Timeline {
  readonly runs: readonly RunHistory[];
  /** Epoch of the pruning looked at; null is the newest, also when newer ones come. */
  readonly epoch: number | null;
  readonly onChange: (epoch: number | null) => void;
}

/** Steps through the prunings of the longest of the runs; the last step follows what comes. */
export function timeline({ runs, epoch, onChange }: Timeline): TemplateResult | typeof nothing {
  const prunings = runs.map((run) => run.prunings).sort((one, other) => other.length - one.length)[0] ?? [];
  if (prunings.length === 0) return nothing;
  const last = prunings.length - 1;
  const at = Math.max(0, pruningAt(prunings, epoch));
  const go = (index: number): void => {
    const inside = Math.max(0, Math.min(last, index));
    onChange(inside === last ? null : prunings[inside]!.event.epoch);
  };
  const moment = momentOf(prunings[at]!.event.epoch);
  return html`<div class="timeline">
    ${iconButton({
      label: 'Pruning before',
      icon: 'chevron-left',
      disabled: at === 0,
      onClick: () => {
        go(at - 1);
      },
    })}
    <input
      type="range"
      aria-label="Look back at the pruning"
      aria-valuetext=${moment}
      min="0"
      max=${last}
      .value=${live(String(at))}
      @input=${(event: Event) => {
        go((event.target as HTMLInputElement).valueAsNumber);
      }}
    />
    ${iconButton({
      label: 'Next pruning',
      icon: 'chevron-right',
      disabled: at === last,
      onClick: () => {
        go(at + 1);
      },
    })}
    <output>Pruning ${moment}</output>
    ${
      epoch === null
        ? html`<span class="newest">newest</span>`
        : button({
            label: 'Newest',
            secondary: true,
            onClick: () => {
              onChange(null);
            },
          })
    }
  </div>`;
}
