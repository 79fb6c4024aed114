import Table from 'cli-table3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { processorTimes, usedByOthers } from '../src/engines/choice/processorTimes';
import { median, type Subject } from './subject';

interface Turns {
  readonly alone: number[];
  readonly besideLoad: number[];
}

/** Of all processors; more than that is another program at work. */
const quietShare = 0.1;
const watchMilliseconds = 300;
const quietPatience = 30_000;
const mostAttempts = 5;

/**
 * `npm run bench -- --beside-load`: how fast each subject is alone and beside an endless loop, in turns, in quiet moments of the
 * machine. The table compares with the fair share: a thread for each of `cores` cores and the loop have equal parts of these.
 */
export async function besideLoadBench(
  subjects: readonly Subject[],
  { cores, repeats, seconds }: { readonly cores: number; readonly repeats: number; readonly seconds: number },
): Promise<string> {
  for (const subject of subjects) await subject.prepare();
  const turns = new Map(subjects.map((subject): [Subject, Turns] => [subject, { alone: [], besideLoad: [] }]));
  let disturbed = 0;
  const keep = async (rates: number[], measure: () => Promise<number>): Promise<void> => {
    const { rate, quiet } = await inQuiet(measure);
    rates.push(rate);
    if (!quiet) disturbed++;
  };
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const [subject, { alone, besideLoad }] of turns) {
      await keep(alone, () => subject.imagesPerSecond(seconds));
      await keep(besideLoad, () => besideLoop(() => subject.imagesPerSecond(seconds)));
    }
  const fairShare = cores / (cores + 1);
  return `${tableOf(turns, fairShare)}\n${disturbed} of ${2 * repeats * subjects.length} turns were disturbed by other programs; load average ${loadavg()[0]!.toFixed(1)} at the end.`;
}

/** In a quiet moment, where one comes soon; measures again, a bounded number of times, when other programs came between. */
async function inQuiet(measure: () => Promise<number>): Promise<{ rate: number; quiet: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const quietBefore = await becomesQuiet();
    const rate = await measure();
    const quiet = quietBefore && (await isQuiet());
    if (quiet || !quietBefore || attempt === mostAttempts) return { rate, quiet };
  }
}

async function becomesQuiet(): Promise<boolean> {
  const end = performance.now() + quietPatience;
  while (performance.now() < end) if (await isQuiet()) return true;
  return false;
}

async function isQuiet(): Promise<boolean> {
  const begin = processorTimes();
  await setTimeout(watchMilliseconds);
  return usedByOthers(begin, processorTimes()) < quietShare;
}

/** The loop ends by itself some time, should nobody be left to end it. */
const loop = 'const end = Date.now() + 120_000; while (Date.now() < end);';

async function besideLoop(measure: () => Promise<number>): Promise<number> {
  const child = spawn(process.execPath, ['-e', loop], { stdio: 'ignore' });
  try {
    await setTimeout(watchMilliseconds);
    return await measure();
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

function tableOf(turns: ReadonlyMap<Subject, Turns>, fairShare: number): string {
  const table = new Table({
    head: [
      'images/s',
      'alone',
      'lowest – highest',
      'beside a loop',
      'lowest – highest',
      'kept',
      `of the fair share (${fairShare.toFixed(2)})`,
    ],
    style: { head: [], border: [] },
  });
  for (const [{ name }, { alone, besideLoad }] of turns) {
    const kept = median(besideLoad) / median(alone);
    table.push([
      name,
      median(alone).toFixed(0),
      range(alone),
      median(besideLoad).toFixed(0),
      range(besideLoad),
      kept.toFixed(2),
      (kept / fairShare).toFixed(2),
    ]);
  }
  return table.toString();
}

function range(rates: readonly number[]): string {
  return `${Math.min(...rates).toFixed(0)} – ${Math.max(...rates).toFixed(0)}`;
}
