/** How a layer's filters are laid out as square cells: `columns` to a line, lines below each other. */
export interface FilterLayout {
  readonly columns: number;
  readonly lines: number;
  /** Side of a cell, its gap included, in CSS pixels. */
  readonly cell: number;
}

const smallest = 7;
const biggest = 14;

/**
 * Layout of a layer with `filters` filters in `width` pixels. `widest` is the filter count of the widest layer shown in
 * the same place, so that all of them get cells of one size. Lines break at a power of two, as layer widths do.
 */
export function layOut(filters: number, widest: number, width: number): FilterLayout {
  let columns = 2 ** Math.ceil(Math.log2(Math.max(1, widest)));
  while (columns > 1 && width / columns < smallest) columns /= 2;
  const cell = Math.max(1, Math.min(biggest, Math.floor(width / columns)));
  return { columns, lines: Math.ceil(filters / columns), cell };
}

/** The filter at a point in CSS pixels from the top left corner; null beside the cells. */
export function filterAt({ columns, cell }: FilterLayout, filters: number, x: number, y: number): number | null {
  const column = Math.floor(x / cell);
  const filter = Math.floor(y / cell) * columns + column;
  return column >= 0 && column < columns && filter >= 0 && filter < filters ? filter : null;
}

/** Top left corner of a filter's cell in CSS pixels. */
export function cornerOf({ columns, cell }: FilterLayout, filter: number): { x: number; y: number } {
  return { x: (filter % columns) * cell, y: Math.floor(filter / columns) * cell };
}
