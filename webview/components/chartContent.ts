/** What a chart shows: for every run, or layer, some measures by epochs trained, or by another quantity, as curves, as a readout and as a table. */
export interface ChartContent {
  readonly title: string;
  /** What the numbers mean, for the tooltip of the title. */
  readonly hint: string;
  /** Epochs trained, ascending: 1 is the end of the first epoch; or what `axis` says. */
  readonly x: readonly number[];
  readonly xMax: number;
  /** How many more there are than stand in `x`; none if left out. */
  readonly leftOut?: number;
  readonly axis?: ChartAxis;
  /** Ends of the vertical axis, for charts that are to be compared; around the values if left out. */
  readonly yRange?: readonly [number, number];
  readonly unit: 'fraction' | 'plain';
  readonly measures: readonly Measure[];
  readonly runs: readonly ChartRun[];
  /** Epochs from which another learning rate holds. */
  readonly marks: readonly { readonly x: number; readonly label: string }[];
  /** Where the view looks back to; null when it shows the newest. */
  readonly selected: number | null;
  /** One sentence when there is nothing to draw yet. */
  readonly empty: string;
}

/** What lies along the horizontal axis. */
export interface ChartAxis {
  /** Heading of its values in the table. */
  readonly title: string;
  /** The shorter heading, for a narrow column. */
  readonly column: string;
  /** A value as it stands at the axis and in the table. */
  readonly format: (x: number) => string;
  /** Where the readout is, in words. */
  readonly at: (x: number, xMax: number) => string;
  /** Distances between ticks that may be chosen, ascending. */
  readonly increments: readonly number[];
  /** Charts with the same key show the same position under the pointer. */
  readonly key: string;
}

export const epochAxis: ChartAxis = {
  title: 'Epochs trained',
  column: 'Epochs',
  format: String,
  at: (x, xMax) => `after ${x} of ${xMax} epochs`,
  increments: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  key: 'epochs',
};

export interface Measure {
  readonly name: string;
  /** How its curve is drawn; `none` for what only the readout tells. */
  readonly line: 'solid' | 'dashed' | 'dotted' | 'none';
  readonly format: (value: number) => string;
  /** The area between this measure and another one, by index, is filled. */
  readonly fillTo?: number;
  /** Left out of readout and table, as the edges of a band are. */
  readonly quiet?: boolean;
  /** Told by the table alone. */
  readonly tableOnly?: boolean;
}

export interface ChartRun {
  /** Short mark that stands beside the curve: A, B, … */
  readonly letter: string;
  readonly label: string;
  /** Index of its colour. */
  readonly colour: number;
  /** [measure][position in x]; null where there is no value. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** The newest position at which any run has a value of a measure that is drawn; -1 when there is none. */
export function newestPosition({ x, runs, measures }: ChartContent): number {
  const has = (position: number): boolean =>
    runs.some(({ values }) =>
      measures.some(({ line }, measure) => line !== 'none' && (values[measure]?.[position] ?? null) !== null),
    );
  return x.findLastIndex((_, position) => has(position));
}

/** The chart's numbers as a table with a header row: epochs, then every measure of every run. */
export function chartTable(content: ChartContent): (string | number | null)[][] {
  const measures = content.measures.map((measure, index) => ({ ...measure, index })).filter(({ quiet }) => !quiet);
  const header = content.runs.flatMap(({ label }) => measures.map(({ name }) => (label ? `${label}: ${name}` : name)));
  return [
    [(content.axis ?? epochAxis).title, ...header],
    ...content.x.map((x, position) => [
      x,
      ...content.runs.flatMap(({ values }) => measures.map(({ index }) => values[index]?.[position] ?? null)),
    ]),
  ];
}
