/** A step of the keyboard, of a button, and of a notch of the wheel, as a factor. */
export const zoomStep = 1.2;

/** The letters of a drawing are 11 pixels high; as large as VS Code's own they are at 1.2. */
const readable = 1;
const asLargeAsAll = 1.2;

const least = 0.2;
const most = 4;

/** A zoom that is not too small or large for anybody. */
export function withinBounds(zoom: number): number {
  return Math.max(least, Math.min(most, zoom));
}

/** The zoom at which a drawing is as wide as its place, both in pixels; 1 where there is none. */
export function fittingZoom(drawing: number, place: number): number {
  return drawing > 0 && place > 0 ? withinBounds(place / drawing) : 1;
}

/** The zoom that a drawing begins with: as large as all other text where there is room, and never too small to be read. */
export function usualZoom(drawing: number, place: number): number {
  return Math.max(readable, Math.min(asLargeAsAll, fittingZoom(drawing, place)));
}
