import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

/** Moves the pointer onto something until its tooltip is there: scrolling to it takes the tooltip away, and goes on for a moment. */
export async function hoverForTip(over: Locator): Promise<Locator> {
  const tip = over.page().getByRole('tooltip');
  await expect
    .poll(
      async () => {
        await over.page().mouse.move(0, 0);
        await over.hover();
        return tip.isVisible();
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBe(true);
  return tip;
}
