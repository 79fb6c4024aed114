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
import { startBrowser } from './window';

/** What is measured, with its values of all rounds. */
type Measured = Map<string, number[]>;

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
  const measured: Measured = new Map();
  for (let round = 0; round < Number(options.repeats); round++) await measureAll(browser, small, big, measured);
  await browser.close();
  await small.remove();
  await big.remove();
  console.log(tableOf(measured));
  console.log(
    `Load average of the machine: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  );
}

async function measureAll(browser: Browser, small: Experiment, big: Experiment, measured: Measured): Promise<void> {
  const note = (values: Readonly<Record<string, number>>, of: string): void => {
    for (const [name, value] of Object.entries(values)) {
      const key = `${of}: ${name}`;
      measured.set(key, [...(measured.get(key) ?? []), value]);
    }
  };
  note({ 'module and activate, ms': await activationTime() }, 'activation');
  note(await firstFilters(browser, small), '2 x ResNet-20, 12 epochs');
  note(await firstFilters(browser, big), '2 x ResNet-110, 200 epochs');
  note(await scrubbing(browser, big), '2 x ResNet-110, 200 epochs');
  note(await liveEvent(browser, big), '2 x ResNet-110, 200 epochs');
  note(await longDashboard(browser), '50,000 prunings of a ResNet-20');
}

function tableOf(measured: Measured): string {
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
