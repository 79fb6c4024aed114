import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportOf } from '../../src/reports/report';
import { hostileRuns } from '../fixtures/hostileReport';
import { markup } from '../fixtures/longHistory';
import { reportedExperiment } from '../fixtures/reportedExperiment';
import { ReportBrowser } from './support/reportPage';

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await ReportBrowser.start();
});
afterAll(() => browser.stop());

const html = reportOf(reportedExperiment(), '0.1.0');

test.each([
  ['light', 1180],
  ['dark', 1180],
  ['light', 390],
  ['dark', 390],
] as const)(
  'a report is whole in %s and %d pixels wide: nothing asked for, nothing refused, no page wider than its window',
  async (colorScheme, width) => {
    const { page, asked, complaints } = await browser.open(html, { colorScheme, viewport: { width, height: 900 } });
    const { wide, background } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      background: getComputedStyle(document.body).backgroundColor,
    }));
    expect(wide).toBeLessThanOrEqual(width);
    expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(255, 255, 255)');
    expect(await page.locator('svg.chart').count()).toBe(4);
    expect(await page.locator('svg.strips').count()).toBe(5);
    await browser.picture(page, `${colorScheme}-${width}`);
    // Texts of a figure stand in it, and not in each other.
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll('svg.chart text, svg.strips text')]
        .filter((text) => {
          const [own, whole] = [text.getBoundingClientRect(), text.closest('svg')!.getBoundingClientRect()];
          return own.left < whole.left - 2 || own.right > whole.right + 2 || own.bottom > whole.bottom + 2;
        })
        .map(({ textContent }) => textContent),
    );
    expect(outside).toEqual([]);
    expect([asked, complaints]).toEqual([[], []]);
    await page.context().close();
  },
);

test('paper is light, and what is folded on the screen can be unfolded without a script', async () => {
  const { page } = await browser.open(html, {
    colorScheme: 'dark',
    javaScriptEnabled: false,
    viewport: { width: 900, height: 900 },
  });
  await page.getByText('FPGM, rate 0.3: 3 runs').click();
  await page.getByText('"criterion": "fpgm"').first().waitFor();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  // A4 without its margins.
  await page.setViewportSize({ width: 688, height: 900 });
  const widths = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    background: getComputedStyle(document.body).backgroundColor,
  }));
  expect(widths).toEqual({ wide: 688, background: 'rgb(255, 255, 255)' });
  await browser.picture(page, 'print');
  await page.context().close();
});

test('markup in run folders is shown as text and does nothing', async () => {
  const { page, asked, complaints } = await browser.open(reportOf(hostileRuns(), '0.1.0'), {
    viewport: { width: 1180, height: 900 },
  });
  await page.getByText(markup).first().waitFor();
  expect(await page.title()).toBe(markup);
  expect(await page.locator('img, script').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1180);
  await browser.picture(page, 'hostile');
  expect([asked, complaints]).toEqual([[], []]);
});
