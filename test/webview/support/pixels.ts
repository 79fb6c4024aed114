import type { Locator } from 'playwright-core';

export type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

/** The colours in the middle of a strip's cells; the strip has all of its filters on one line. */
export async function stripPixels(strip: Locator, filters: number): Promise<Pixel[]> {
  // Strips out of sight are not painted.
  await strip.scrollIntoViewIfNeeded();
  await strip.evaluate(
    () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      ),
  );
  return await strip.evaluate((element, count) => {
    const canvas = element.closest('filter-sheet')!.querySelector('canvas')!;
    const context = canvas.getContext('2d')!;
    const scale = window.devicePixelRatio;
    const [sheet, place] = [canvas, element.firstElementChild!].map((box) => box.getBoundingClientRect());
    const pitch = place!.width / count;
    // The last pixel column and row of a cell are the gap to its neighbours.
    return Array.from({ length: count }, (_, filter): Pixel => {
      const x = place!.left - sheet!.left + filter * pitch + (pitch - 1) / 2;
      const y = place!.top - sheet!.top + (place!.height - 1) / 2;
      const [red, green, blue, alpha] = context.getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data;
      return [red!, green!, blue!, alpha!];
    });
  }, filters);
}
