export interface Columns {
  /** What stands in the first column. */
  readonly names: readonly string[];
  /** Of the largest number in the others. */
  readonly digits: number;
}

/** Of so many of the longest names one is the widest. */
const candidates = 20;

/**
 * `<column-ruler .columns=…>`: tells the element around it how wide the columns of its rows are, as `--names` and `--digits`. So each
 * row is laid out by itself, and one that changes, or is out of sight, concerns no other.
 */
class ColumnRuler extends HTMLElement {
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = entry?.borderBoxSize[0]?.inlineSize ?? 0;
    if (width > 0) this.#say('--names', `${Math.ceil(width)}px`);
  });
  #columns: Columns | null = null;

  set columns(columns: Columns) {
    this.#columns = columns;
    this.#tell();
  }

  connectedCallback(): void {
    this.#tell();
    this.#sizes.observe(this);
  }

  disconnectedCallback(): void {
    this.#sizes.disconnect();
  }

  #tell(): void {
    if (!this.#columns || !this.parentElement) return;
    const longest = this.#columns.names.toSorted((a, b) => b.length - a.length).slice(0, candidates);
    // Generated content has a width, and neither a search nor a screen reader finds the names twice.
    this.dataset.names = longest.join('\n');
    this.#say('--digits', String(this.#columns.digits));
  }

  #say(property: string, value: string): void {
    this.parentElement?.style.setProperty(property, value);
  }
}

customElements.define('column-ruler', ColumnRuler);
