import { html, nothing, render, type TemplateResult } from 'lit-html';
import { chartTable, epochAxis, newestPosition, type ChartContent, type ChartRun, type Measure } from './chartContent';
import { chartPicture } from './chartPicture';
import { asCsv } from '../../src/runs/model/tableText';
import { copyPicture, copyText } from './clipboard';
import { iconButton, table } from './controls';
import { LineChart } from './lineChart';
import { whole } from './numbers';
import { spread } from './spread';
import { onThemeChange, seriesColour } from './theme';
import { observeWidth, unobserveWidth } from './widths';

/** A number of epochs trained was clicked in a chart. Bubbles. */
export type EpochPickEvent = CustomEvent<{ readonly epochsTrained: number }>;

/**
 * `<chart-figure .content=… .selected=…>`: a chart with its title, a readout that is legend and values in one, and its numbers as a
 * table. The readout tells the values under the pointer, else the selected or the newest ones.
 */
export class ChartFigure extends HTMLElement {
  #content: ChartContent | null = null;
  #selected: number | null = null;
  #chart: LineChart | null = null;
  #pointed: number | null = null;
  #tableOpen = false;
  #forgetTheme: () => void = () => undefined;

  set content(content: ChartContent) {
    this.#content = content;
    if (this.isConnected) this.#paint();
  }

  /** Where the view looks back to, if it is not what the content says: it changes often, and the curves do not. */
  set selected(selected: number | null) {
    if (selected === this.#selected) return;
    this.#selected = selected;
    if (this.isConnected) this.#paint();
  }

  connectedCallback(): void {
    this.#forgetTheme = onThemeChange(() => {
      this.#chart?.rebuild();
      this.#paint();
    });
    this.#paint();
    observeWidth(this);
  }

  disconnectedCallback(): void {
    unobserveWidth(this);
    this.#forgetTheme();
    this.#chart?.destroy();
    this.#chart = null;
  }

  fit(width: number): void {
    this.#chart?.fit(width);
  }

  #paint(): void {
    if (!this.#content) return;
    const content = this.#selected === null ? this.#content : { ...this.#content, selected: this.#selected };
    render(this.#template(content), this);
    this.#chart ??= new LineChart(this.querySelector('.plot')!, content, {
      onPoint: (position) => {
        if (position === this.#pointed) return;
        this.#pointed = position;
        this.#paint();
      },
      onPick: (epochsTrained) => {
        this.dispatchEvent(
          new CustomEvent('epoch-pick', { bubbles: true, detail: { epochsTrained } }) satisfies EpochPickEvent,
        );
      },
    });
    this.#chart.show(content);
  }

  #template(content: ChartContent): TemplateResult {
    const position = this.#readoutPosition(content);
    return html`<figure>
      <figcaption>
        <h2><span class="hinted" tabindex="0" data-tip=${content.hint}>${content.title}</span></h2>
        <span class="at">${position < 0 ? nothing : placeOf(content, position)}</span>
        <span class="actions">
          ${iconButton({ label: `Copy ${content.title} as CSV`, icon: 'copy', onClick: () => void this.#copyNumbers() })}
          ${iconButton({
            label: `Copy ${content.title} as picture`,
            icon: 'device-camera',
            onClick: () => void this.#copyPicture(),
          })}
        </span>
      </figcaption>
      <div class="plot" role="img" aria-label=${summary(content)}></div>
      ${position < 0 ? html`<p class="empty">${content.empty}</p>` : readout(content, position)}
      ${
        content.leftOut
          ? html`<p class="empty">
              ${whole(content.x.length)} of ${whole(content.x.length + content.leftOut)} epochs are drawn, evenly
              spread.
            </p>`
          : nothing
      }
      <details
        @toggle=${(event: Event) => {
          this.#tableOpen = (event.target as HTMLDetailsElement).open;
          this.#paint();
        }}
      >
        <summary>${content.title} as table</summary>
        ${this.#tableOpen ? numbersTable(content) : nothing}
      </details>
    </figure>`;
  }

  #readoutPosition(content: ChartContent): number {
    if (this.#pointed !== null && this.#pointed < content.x.length) return this.#pointed;
    const selected = content.selected === null ? -1 : content.x.findLastIndex((x) => x <= content.selected!);
    return selected >= 0 ? selected : newestPosition(content);
  }

  async #copyNumbers(): Promise<void> {
    if (this.#content) await copyText(asCsv(chartTable(this.#content)), `${this.#content.title} as CSV`);
  }

  async #copyPicture(): Promise<void> {
    const canvas = this.#chart?.canvas;
    if (canvas && this.#content)
      await copyPicture(chartPicture(canvas, this.#content), `${this.#content.title} as picture`);
  }
}

function placeOf({ x, xMax, axis = epochAxis }: ChartContent, position: number): string {
  return axis.at(x[position]!, xMax);
}

/** Longer legends are scrolled. */
const mostInSight = 8;

function readout(content: ChartContent, position: number): TemplateResult {
  const begun = content.runs.filter(hasValues);
  const others = content.runs.length - begun.length;
  const name = `Values of ${content.title}`;
  return html`${
    begun.length > mostInSight
      ? html`<div class="readout-box" role="group" aria-label=${name} tabindex="0">
          ${readoutTable(content, begun, position)}
        </div>`
      : readoutTable(content, begun, position)
  }
  ${others > 0 ? html`<p class="empty">${whole(others)} more: no value yet.</p>` : nothing}`;
}

function hasValues({ values }: ChartRun): boolean {
  return values.some((measure) => measure.some((value) => value !== null));
}

function readoutTable(content: ChartContent, runs: readonly ChartRun[], position: number): TemplateResult {
  const shown = content.measures
    .map((measure, index) => ({ measure, index }))
    .filter(({ measure }) => !measure.quiet && !measure.tableOnly);
  return html`<table class="readout">
    <thead>
      <tr>
        <td></td>
        ${shown.map(({ measure }) => html`<th scope="col">${stroke(measure)}${measure.name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${runs.map(
        ({ letter, label, colour, values }) =>
          html`<tr>
            <th scope="row">${badge(content.runs.length > 1 ? letter : '', colour)}${label}</th>
            ${shown.map(({ measure, index }) => {
              const value = values[index]?.[position] ?? null;
              return html`<td>${value === null ? '–' : measure.format(value)}</td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The letter of a run on its colour. Styles are set as properties: the content security policy forbids attributes. */
export function badge(letter: string, colour: number): TemplateResult {
  return html`<span class="run-badge" .style=${`--run-colour: ${seriesColour(colour)}`}>${letter}</span>`;
}

function stroke({ line }: Measure): TemplateResult | typeof nothing {
  return line === 'none' ? nothing : html`<span class="stroke ${line}" aria-hidden="true"></span>`;
}

function summary(content: ChartContent): string {
  const position = newestPosition(content);
  if (position < 0) return `${content.title}. ${content.empty}`;
  const runs = content.runs.map(({ label, values }) => {
    const told = content.measures.flatMap(({ name, format, quiet }, index) => {
      const value = values[index]?.[position] ?? null;
      return quiet || value === null ? [] : [`${name} ${format(value)}`];
    });
    return `${label ? `${label}: ` : ''}${told.join(', ')}`;
  });
  return `${content.title} ${placeOf(content, position)}. ${runs.join('. ')}.`;
}

/** A run by its letter, as its name is long; a layer by its name. */
function columnTitle({ runs, axis }: ChartContent, run: ChartRun, measure: Measure): string {
  if (axis !== undefined) return run.label;
  return runs.length > 1 ? `${run.letter}: ${measure.name}` : measure.name;
}

/** More rows than this freeze the page, and nobody reads them. */
const rowsAtMost = 400;

function numbersTable(content: ChartContent): TemplateResult {
  const { axis = epochAxis } = content;
  const measures = content.measures
    .map((measure, index) => ({ measure, index }))
    .filter(({ measure }) => !measure.quiet);
  const columns = content.runs.flatMap((run) =>
    measures.map(({ measure, index }) => ({
      title: columnTitle(content, run, measure),
      cellAt: (position: number) => {
        const value = run.values[index]?.[position] ?? null;
        return value === null ? '–' : measure.format(value);
      },
    })),
  );
  const positions = spread(content.x.length, rowsAtMost);
  return html`<div class="scrolled">
    ${table({
      label: content.title,
      columns: [
        { title: axis.column, width: 'max-content' },
        ...columns.map(({ title }) => ({ title, numeric: true })),
      ],
      rows: positions.map((position) => ({
        key: String(position),
        cells: [axis.format(content.x[position]!), ...columns.map(({ cellAt }) => cellAt(position))],
      })),
    })}
    ${
      positions.length < content.x.length
        ? html`<p class="empty">
            ${whole(positions.length)} of ${whole(content.x.length)} rows; copied as CSV it has all of them.
          </p>`
        : nothing
    }
  </div>`;
}

customElements.define('chart-figure', ChartFigure);
