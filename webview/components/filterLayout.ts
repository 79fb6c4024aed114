/** How a layer's filters are laid out as cells: `columns` to a line, lines below each other. Sizes in CSS pixels, gaps included. */
export interface FilterLayout {
  readonly columns: number;
  readonly lines: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

const narrowest = 7;
const widestCell = 14;
/** A narrow cell is higher than wide, so that a cross in it can still be told. */
const lowest = 10;

/**
 * Layout of a layer with `filters` filters in `width` pixels. `widest` is the filter count of the widest layer shown in
 * the same place, so that all of them get cells of one size. Lines break at a power of two, as layer widths do.
 */
export function layOut(filters: number, widest: number, width: number): FilterLayout {
  let columns = 2 ** Math.ceil(Math.log2(Math.max(1, widest)));
  while (columns > 1 && width / columns < narrowest) columns /= 2;
  const cellWidth = Math.max(1, Math.min(widestCell, Math.floor(width / columns)));
  return { columns, lines: Math.ceil(filters / columns), cellWidth, cellHeight: Math.max(lowest, cellWidth) };
}

/** The filter at a point, measured from the top left corner; null beside the cells. */
export function filterAt(layout: FilterLayout, filters: number, x: number, y: number): number | null {
  const column = Math.floor(x / layout.cellWidth);
  const filter = Math.floor(y / layout.cellHeight) * layout.columns + column;
  return column >= 0 && column < layout.columns && filter >= 0 && filter < filters ? filter : null;
}

/** Where a filter's cell stands, without the gap to the next ones. */
export function cellOf(layout: FilterLayout, filter: number): Cell {
  const gap = layout.cellWidth >= 5 ? 1 : 0;
  return {
    x: (filter % layout.columns) * layout.cellWidth,
    y: Math.floor(filter / layout.columns) * layout.cellHeight,
    width: layout.cellWidth - gap,
    height: layout.cellHeight - gap,
  };
}

export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
