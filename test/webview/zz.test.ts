import { afterAll, beforeAll, test } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import { ViewBrowser } from './support/viewPage';
import type { ThemeName } from './support/themes';
let browser: ViewBrowser;
beforeAll(async () => { browser = await ViewBrowser.start(); });
afterAll(async () => { await browser.stop(); });
const experiment = 'resnet20-l1-l2';
const sets = {
  full: [plausibleRun({ criterion: 'l1', experiment, certificate: {} }), plausibleRun({ criterion: 'l2', experiment, certificate: { disturbed: true } })],
  one: [plausibleRun({ arch: 'resnet56', rate: 0.4, certificate: { block: 16, threads: [1, 2] } })],
  odd: [plausibleRun({ certificate: { measured: false, largestDifference: 0.02 } }), plausibleRun({ seed: 2, state: 'stopped' }), plausibleRun({ seed: 3 }), plausibleRun({ seed: 4, state: 'training' }), plausibleRun({seed: 5, state: 'failed', epochsDone: 0})],
};
for (const [name, runs] of Object.entries(sets))
  for (const theme of ['dark', 'light', 'hc', 'hcLight'] satisfies ThemeName[])
    for (const width of [320, 1200])
      test(`${name} ${theme} ${width}`, async () => {
        const page = await browser.open('dashboard', { theme, width, height: 800 });
        await page.send({ type: 'runs', runs: runs.map((r) => r.history) });
        const section = page.page.locator('.certificates');
        await section.waitFor();
        await page.settle();
        for (const s of await section.locator('summary').all()) { if (name === 'one' || theme === 'dark') await s.click(); }
        await page.settle();
        const scroll = await page.page.evaluate(() => document.documentElement.scrollWidth);
        if (scroll > width) console.log('OVERFLOW', name, theme, width, scroll);
        await section.screenshot({ path: `/tmp/shots-cards/${name}-${theme}-${width}.png` });
        await page.close();
      });
