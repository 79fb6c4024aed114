import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { fileNames, runsPath } from '../../src/runs/model/format';
import { median } from '../subject';
import type { HostFigures } from './extensionHost';
import { makeRuns, type MadeRuns } from './runFolders';

const active = 20;
const compared = 50;
const hostSeconds = 9;

/** Measures what a folder of many runs costs: listing and comparing them, and having them in the extension host. */
export async function manyRunsBench(count: number, repeats: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sfp-lab-bench-'));
  try {
    console.log(`Making ${count} runs of 200 epochs in ${folder}`);
    const made = await makeRuns(join(folder, runsPath), count, Math.min(active, count));
    const figures = new Map<string, number[]>();
    for (let repeat = 0; repeat < repeats; repeat++) await measure(folder, made, figures);
    const table = new Table({
      head: ['', 'median', 'lowest', 'highest'],
      colAligns: ['left', 'right', 'right', 'right'],
    });
    for (const [name, values] of figures) {
      const shown = [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toPrecision(3));
      table.push([name, ...shown]);
    }
    console.log(table.toString());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, made: MadeRuns, figures: Map<string, number[]>): Promise<void> {
  const note = (name: string, value: number): void => {
    figures.set(name, [...(figures.get(name) ?? []), value]);
  };
  const commands: [string, string[]][] = [
    [`sfp list, ${made.folders.length} runs`, ['list']],
    [`sfp compare, ${compared} runs`, ['compare', ...made.folders.slice(-compared)]],
  ];
  for (const [name, args] of commands) {
    const { seconds, megabytes } = await timed(folder, 'cli.js', args);
    note(`${name}: seconds`, seconds);
    note(`${name}: MB at most`, megabytes);
  }
  const writing = goOnWriting(made);
  const host = await timed(folder, 'extensionHost.js', [String(hostSeconds)]);
  await writing.end();
  const told = JSON.parse(host.output) as HostFigures;
  const written = Math.min(active, made.folders.length);
  if (told.followed !== written || told.deltas === 0) throw new Error(`The host followed ${told.followed} runs only.`);
  note('extension host: seconds until the runs are listed', told.listSeconds);
  const stretches = { 'at the start': told.atStart, [`while ${written} runs are written`]: told.later };
  for (const [when, { clock, work }] of Object.entries(stretches)) {
    note(`extension host: ms blocked at most ${when}, by the clock`, clock);
    note(`extension host: ms blocked at most ${when}, of its own work`, work);
  }
  note('extension host: MB at most', host.megabytes);
}

/** Runs one of the bundles beside this one. */
async function timed(
  cwd: string,
  script: string,
  args: readonly string[],
): Promise<{ seconds: number; megabytes: number; output: string }> {
  const peak = join(cwd, 'peak');
  const begin = performance.now();
  const child = spawn(process.execPath, ['-r', join(__dirname, 'peakMemory.js'), join(__dirname, script), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SFP_LAB_BENCH_PEAK: peak },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${script} ${args[0] ?? ''} ended with ${code}.`);
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, megabytes: Number(await readFile(peak, 'utf8')) / 1024, output };
}

/** Has the active runs report as trainers do, an epoch every few seconds. */
function goOnWriting({ folders, lines }: MadeRuns): { end(): Promise<void> } {
  let beats = 0;
  let writing = Promise.resolve();
  const beat = async (): Promise<void> => {
    const line = ++beats % 5 === 0 ? lines.epoch : lines.progress;
    for (const folder of folders.slice(0, active)) await appendFile(join(folder, fileNames.events), line);
  };
  const timer = setInterval(() => {
    writing = writing.then(beat);
  }, 1000);
  return {
    end: () => {
      clearInterval(timer);
      return writing;
    },
  };
}
