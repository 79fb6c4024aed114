import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Frame } from 'playwright-core';
import { fileNames } from '../../src/runs/model/format';
import { median } from '../subject';
import type { FakePanel } from '../../test/fixtures/fakePanels';
import type { Experiment } from './experiment';
import { watchTasks } from './longestTask';
import type { Probe } from './pageProbe';
import { PageWork } from './pageWork';
import { figures } from './targets';
import { BenchWindow } from './window';

type Figures = Record<string, number>;

/** From the click to the first filters on the screen and to the last message, and what blocked the page until then. */
export async function firstFilters(browser: Browser, experiment: Pick<Experiment, 'open'>): Promise<Figures> {
  const click = Date.now();
  const panel = openedPanel(experiment);
  const window = await BenchWindow.open(browser, panel.webview);
  const longestWork = await watchTasks(browser, window);
  await window.load();
  await settled(window.frame);
  const work = await longestWork();
  const seen = await window.frame.evaluate(() => probe);
  await window.close();
  panel.dispose();
  return {
    'page begins after the click, ms': seen.began - click,
    [figures.filters]: seen.filters - click,
    'everything after the click, ms': seen.last - click,
    'longest task of the page, ms': longest(seen),
    [figures.longestWork]: work,
  };
}

/** Looks back at one pruning a frame, from the newest to the first. */
export async function scrubbing(browser: Browser, experiment: Experiment): Promise<Figures> {
  return opened(browser, experiment, async (frame) => {
    await settled(frame);
    await frame.getByRole('heading', { name: 'Filters by layer' }).scrollIntoViewIfNeeded();
    const work = await PageWork.watch(frame);
    const frames = await frame.evaluate(async () => {
      const slider = document.querySelector<HTMLInputElement>('input[type=range]')!;
      slider.scrollIntoView();
      const times: number[] = [];
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let at = Number(slider.max); at >= 0; at--) {
        slider.value = String(at);
        slider.dispatchEvent(new Event('input'));
        times.push(await nextFrame());
      }
      return times.slice(1).map((time, index) => time - times[index]!);
    });
    const sorted = frames.toSorted((a, b) => a - b);
    return {
      [figures.scrubbing]: (await work.milliseconds()) / (frames.length + 1),
      'frame while scrubbing, median ms': median(frames),
      'frame while scrubbing, 95th of 100, ms': sorted[Math.floor(0.95 * sorted.length)] ?? NaN,
      'frames a second while scrubbing': (1000 * frames.length) / frames.reduce((sum, one) => sum + one, 0),
    };
  });
}

/** From the end of writing an epoch's event into the run folder to its number on the screen; the median of some. */
export async function liveEvent(browser: Browser, experiment: Experiment): Promise<Figures> {
  const events = path.join(experiment.folders[0]!, fileNames.events);
  const template = experiment.runs[0]!.history.epochs.at(-1)!;
  return opened(browser, experiment, async (frame) => {
    await settled(frame);
    const delays: number[] = [];
    for (let time = 0; time < 5; time++) {
      const count = experiment.nextEpoch();
      const shown = frame.evaluate(whenShown, `${count + 1} of`);
      await frame.page().waitForTimeout(150);
      await appendFile(events, `${JSON.stringify({ ...template, epoch: count })}\n`);
      const written = Date.now();
      delays.push((await shown) - written);
    }
    return { [figures.live]: median(delays) };
  });
}

/** Runs in the page. */
function whenShown(text: string): Promise<number> {
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const lines = [...document.querySelectorAll('.progress-text span')];
      if (!lines.some((line) => line.textContent.includes(text))) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        resolve(performance.timeOrigin + performance.now());
      });
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

async function opened(
  browser: Browser,
  experiment: Experiment,
  measure: (frame: Frame) => Promise<Figures>,
): Promise<Figures> {
  const panel = openedPanel(experiment);
  const window = await BenchWindow.open(browser, panel.webview);
  await window.load();
  const measured = await measure(window.frame);
  await window.close();
  panel.dispose();
  return measured;
}

function openedPanel(experiment: Pick<Experiment, 'open'>): FakePanel {
  const panel = experiment.open();
  // The host waits only for a page that can be seen, and a busy machine may take longer than it waits.
  panel.appear(false);
  return panel;
}

/** Until the filters are there and nothing has happened for a while. */
async function settled(frame: Frame): Promise<void> {
  await frame.waitForFunction(
    () => probe.filters > 0 && performance.timeOrigin + performance.now() - probe.last > 1000,
  );
}

function longest({ longTasks }: Probe): number {
  return Math.max(0, ...longTasks.map(({ ms }) => ms));
}
