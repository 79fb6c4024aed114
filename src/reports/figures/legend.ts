import { markup, type Markup } from '../text/markup';
import { swatch } from './series';

export interface LegendEntry {
  readonly series: number;
  readonly label: string;
}

/** Which line or marker is which setting. */
export function legend(entries: readonly LegendEntry[]): Markup {
  return markup`<ul class="legend">${entries.map(({ series, label }) => markup`<li>${swatch(series)}<span>${label}</span></li>`)}</ul>`;
}
