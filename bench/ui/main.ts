import Table from 'cli-table3';
import { Command } from 'commander';
import { loadavg } from 'node:os';
import type { Browser } from 'playwright-core';
import type { PlausibleOptions } from '../../test/fixtures/plausibleRun';
import { median } from '../subject';
import { activationTime } from './activation';
import { Experiment } from './experiment';
import { longDashboard } from './longDashboard';
import { firstFilters, liveEvent, scrubbing } from './measures';
import { judged, subjects } from './targets';
import { startBrowser } from './window';

const pair = (options: PlausibleOptions): PlausibleOptions[] =>
  (['l1', 'l2'] as const).map((criterion) => ({ ...options, criterion, experiment: `${options.arch}` }));

/**
 * Opens dashboards through the extension's own host and the built pages in a real Chromium, with VS Code's way of carrying
 * messages, but without VS Code's own share: the making of a webview. Medians of interleaved rounds.
 */
async function main(): Promise<void> {
  const options = new Command('npm run bench:ui --')
    .description('How soon dashboards show filters and live events, and how smoothly one looks back.')
    .option('--repeats <count>', 'rounds over everything', '5')
    .parse()
    .opts<{ readonly repeats: string }>();
  const browser = await startBrowser();
  const small = await Experiment.make(pair({ arch: 'resnet20', epochs: 12 }));
  const big = await Experiment.make(pair({ arch: 'resnet110', epochs: 200 }));
  const measured = new Map<string, number[]>();
  for (let round = 0; round < Number(options.repeats); round++) await measureAll(browser, small, big, measured);
  await browser.close();
  await small.remove();
  await big.remove();
  console.log(tableOf(measured));
  for (const line of judged(measured)) console.log(line);
  console.log(
    `Load average of the machine: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  );
}

async function measureAll(
  browser: Browser,
  small: Experiment,
  big: Experiment,
  measured: Map<string, number[]>,
): Promise<void> {
  const note = (values: Readonly<Record<string, number>>, of: string): void => {
    for (const [name, value] of Object.entries(values)) {
      const key = `${of}: ${name}`;
      measured.set(key, [...(measured.get(key) ?? []), value]);
    }
  };
  note(await activationTime(), subjects.activation);
  note(await firstFilters(browser, small), subjects.small);
  note(await firstFilters(browser, big), subjects.big);
  note(await scrubbing(browser, big), subjects.big);
  note(await liveEvent(browser, big), subjects.big);
  note(await longDashboard(browser), subjects.long);
}

function tableOf(measured: ReadonlyMap<string, number[]>): string {
  const table = new Table({
    head: ['', 'median', 'lowest', 'highest'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const [name, values] of measured) {
    const figures = [median(values), Math.min(...values), Math.max(...values)];
    table.push([name, ...figures.map((value) => value.toFixed(value < 30 ? 1 : 0))]);
  }
  return table.toString();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
