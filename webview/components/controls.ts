import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDataGrid,
  vsCodeDataGridCell,
  vsCodeDataGridRow,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
} from '@vscode/webview-ui-toolkit';
import { html, nothing, type TemplateResult } from 'lit-html';
import { classMap } from 'lit-html/directives/class-map.js';
import { ifDefined } from 'lit-html/directives/if-defined.js';
import { repeat } from 'lit-html/directives/repeat.js';

/**
 * The only module that knows which library draws the controls. The webview UI toolkit is archived:
 * its successor is this file's change.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDataGrid(),
  vsCodeDataGridCell(),
  vsCodeDataGridRow(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodePanels(),
  vsCodePanelTab(),
  vsCodePanelView(),
);

export type Content = TemplateResult | string | typeof nothing;

/** An icon of VS Code's icon font; it says nothing that the text beside it does not. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

export interface Button {
  readonly label: string;
  /** For screen readers, where the label alone does not say what it acts on. */
  readonly name?: string;
  readonly icon?: string;
  readonly secondary?: boolean;
  readonly onClick: () => void;
}

export function button({ label, name, icon: iconName, secondary, onClick }: Button): TemplateResult {
  const start = html`<span slot="start" class="codicon codicon-${iconName}" aria-hidden="true"></span>`;
  return html`<vscode-button
    appearance=${secondary ? 'secondary' : 'primary'}
    aria-label=${ifDefined(name)}
    @click=${onClick}
  >
    ${iconName ? start : nothing}${label}
  </vscode-button>`;
}

/** A button that shows an icon; its label is its accessible name and its tooltip. */
export function iconButton({ label, icon: name, onClick, disabled }: IconButton): TemplateResult {
  return html`<vscode-button
    appearance="icon"
    aria-label=${label}
    data-tip=${label}
    ?disabled=${disabled ?? false}
    @click=${onClick}
    >${icon(name)}</vscode-button
  >`;
}
export interface IconButton {
  readonly label: string;
  readonly icon: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

export interface Dropdown {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function dropdown({ label, options, value, onChange }: Dropdown): TemplateResult {
  const changed = (event: Event): void => {
    const chosen = (event.target as HTMLSelectElement).value;
    if (chosen !== value) onChange(chosen);
  };
  return html`<vscode-dropdown aria-label=${label} .value=${value} @change=${changed}>
    ${repeat(
      options,
      (option) => option.value,
      (option) =>
        html`<vscode-option value=${option.value} ?selected=${option.value === value}>${option.text}</vscode-option>`,
    )}
  </vscode-dropdown>`;
}

export interface Checkbox {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function checkbox({ label, checked, onChange }: Checkbox): TemplateResult {
  const changed = (event: Event): void => {
    const now = (event.target as HTMLInputElement).checked;
    if (now !== checked) onChange(now);
  };
  return html`<vscode-checkbox ?checked=${checked} .checked=${checked} @change=${changed}>${label}</vscode-checkbox>`;
}

export interface Tabs {
  readonly label: string;
  readonly tabs: readonly { readonly id: string; readonly title: string; readonly content: () => Content }[];
  readonly active: string;
  readonly onChange: (id: string) => void;
}

/** Only the active tab's content is made. */
export function tabs({ label, tabs: all, active, onChange }: Tabs): TemplateResult {
  const changed = (event: Event): void => {
    // The attribute follows the property only later.
    const { activeid } = event.currentTarget as Element & { readonly activeid: string };
    if (activeid && activeid !== active) onChange(activeid);
  };
  return html`<vscode-panels aria-label=${label} activeid=${active} @change=${changed}>
    ${all.map(({ id, title }) => html`<vscode-panel-tab id=${id}>${title}</vscode-panel-tab>`)}
    ${all.map(
      ({ id, content }) =>
        html`<vscode-panel-view id="${id}-view">${id === active ? content() : nothing}</vscode-panel-view>`,
    )}
  </vscode-panels>`;
}

export interface Column {
  readonly title: string;
  /** A grid track, as `minmax(8em, 2fr)`; an equal share if left out. */
  readonly width?: string;
  readonly numeric?: boolean;
  readonly hint?: string;
  /** How the rows are sorted by this column; the title is a button when `onSort` is there. */
  readonly sorted?: 'ascending' | 'descending' | undefined;
  readonly onSort?: () => void;
}

export interface Table {
  readonly label: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly Content[] }[];
}

/** A data grid: arrow keys move between its cells. */
export function table({ label, columns, rows }: Table): TemplateResult {
  const tracks = columns.map(({ width }) => width ?? 'minmax(max-content, 1fr)').join(' ');
  // The rows are subgrids of the table, so that a column is as wide in all of them.
  return html`<vscode-data-grid
    aria-label=${label}
    generate-header="none"
    grid-template-columns="subgrid"
    .style=${`grid-template-columns: ${tracks}`}
  >
    <vscode-data-grid-row row-type="header">${columns.map(headerCell)}</vscode-data-grid-row>
    ${repeat(
      rows,
      ({ key }) => key,
      ({ cells }) =>
        html`<vscode-data-grid-row>
          ${cells.map(
            (cell, index) =>
              html`<vscode-data-grid-cell
                grid-column=${index + 1}
                cell-type=${index === 0 ? 'rowheader' : 'default'}
                class=${classMap({ numeric: columns[index]?.numeric ?? false })}
                >${cell}</vscode-data-grid-cell
              >`,
          )}
        </vscode-data-grid-row>`,
    )}
  </vscode-data-grid>`;
}

function headerCell({ title, numeric, hint, sorted, onSort }: Column, index: number): TemplateResult {
  const arrow = sorted ? icon(sorted === 'ascending' ? 'arrow-up' : 'arrow-down') : nothing;
  return html`<vscode-data-grid-cell
    cell-type="columnheader"
    grid-column=${index + 1}
    class=${classMap({ numeric: numeric ?? false })}
    aria-sort=${ifDefined(sorted)}
    data-tip=${ifDefined(hint)}
    >${onSort ? html`<button class="sort" @click=${onSort}>${title}${arrow}</button>` : title}</vscode-data-grid-cell
  >`;
}
