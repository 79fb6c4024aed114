import type { Locator } from 'playwright-core';

export type Pixel = readonly [red: number, green: number, blue: number];

/** The colours in the middle of a strip's cells; the strip has all of its filters on one line. */
export async function stripPixels(strip: Locator, filters: number): Promise<Pixel[]> {
  await strip.locator('canvas').waitFor();
  // Strips out of sight are not painted.
  await strip.scrollIntoViewIfNeeded();
  await strip.evaluate(
    () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      ),
  );
  return await strip.locator('canvas').evaluate((canvas: HTMLCanvasElement, count) => {
    const context = canvas.getContext('2d')!;
    const pitch = canvas.width / count;
    // The last pixel column and row of a cell are the gap to its neighbours.
    return Array.from({ length: count }, (_, filter): Pixel => {
      const [red, green, blue] = context.getImageData(
        Math.floor(filter * pitch + (pitch - 1) / 2),
        Math.floor((canvas.height - 1) / 2),
        1,
        1,
      ).data;
      return [red!, green!, blue!];
    });
  }, filters);
}
