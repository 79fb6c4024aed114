import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { campaign, limits, type CampaignResult } from './campaign';
import { targets } from './targets';

/**
 * The program of `npm run fuzz`: each target in a process of its own, so that the memory that it takes is told by itself, and there
 * in a thread, which is ended when an input never comes to an end.
 */

interface Order {
  readonly target: string;
  readonly folder: string;
  readonly seed: number;
  readonly from: number;
  readonly inputs: number;
  readonly seconds: number;
  /** Number of the input that is being read, and how many have been. */
  readonly current: SharedArrayBuffer;
}

/** Far above what an input may take, as the machine may be busy: after this it will never end. */
const stuckMilliseconds = 30_000;

async function carryOut({ target: name, folder, seed, from, inputs, seconds, current }: Order): Promise<void> {
  const target = targets.find((each) => each.name === name)!;
  const end = performance.now() + seconds * 1000;
  const state = new Int32Array(current);
  const result = await campaign(target, folder, {
    ...{ seed, from, inputs },
    isOver: () => performance.now() > end,
    onInput: (index) => {
      Atomics.store(state, 0, index);
      Atomics.add(state, 1, 1);
    },
  });
  parentPort!.postMessage(result);
}

/** `stuck`: the thread had to be ended at this input, or the whole process ended; then it is null. */
type Result = CampaignResult | { readonly stuck: number | null; readonly why: string };

type ProcessOrder = Omit<Order, 'current'>;

/** Tells a process that it is one of these. */
const asked = '--asked';

function inProcess(order: ProcessOrder): Promise<Result> {
  const child = fork(__filename, [asked]);
  child.send(order);
  return new Promise((resolve) => {
    child.once('message', (result: Result) => {
      resolve(result);
    });
    child.once('exit', (code, signal) => {
      resolve({ stuck: null, why: `its process ended by ${signal ?? `code ${code}`}` });
    });
  });
}

/** What such a process does. */
function answer(): void {
  process.once('message', (order: ProcessOrder) => {
    void inThread(order).then((result) =>
      process.send?.(result, () => {
        process.exit();
      }),
    );
  });
}

function inThread(order: ProcessOrder): Promise<Result> {
  const current = new SharedArrayBuffer(8);
  const state = new Int32Array(current);
  const worker = new Worker(__filename, {
    workerData: { ...order, current } satisfies Order,
    resourceLimits: { maxOldGenerationSizeMb: limits.bytes / 2 ** 20, stackSizeMb: 4 },
  });
  return new Promise((resolve) => {
    let [seen, since] = [-1, performance.now()];
    const timer = setInterval(() => {
      const count = Atomics.load(state, 1);
      if (count !== seen) [seen, since] = [count, performance.now()];
      else if (performance.now() - since > stuckMilliseconds)
        finish(`did not end within ${stuckMilliseconds / 1000} s`);
    }, 500);
    const finish = (why: string): void => {
      clearInterval(timer);
      void worker.terminate();
      resolve({ stuck: Atomics.load(state, 0), why });
    };
    worker.once('message', (result: CampaignResult) => {
      clearInterval(timer);
      resolve(result);
    });
    worker.once('error', (error: Error) => {
      finish(error.message.split('\n')[0] ?? 'ended');
    });
  });
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} must be a whole number, not "${text}".`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      inputs: { type: 'string', default: '100000' },
      from: { type: 'string', default: '0' },
      budget: { type: 'string', default: '86400' },
      target: { type: 'string', multiple: true },
    },
  });
  const { target: wanted } = values;
  const unknown = wanted?.find((name) => !targets.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new Error(`There is no target "${unknown}"; there are ${targets.map(({ name }) => name).join(', ')}.`);
  const chosen = targets.filter(({ name }) => wanted?.includes(name) ?? true);
  const [seed, from, inputs] = [
    number(values.seed, 'seed'),
    number(values.from, 'from'),
    number(values.inputs, 'inputs'),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'sfp-lab-fuzz-'));
  const end = performance.now() + 1000 * number(values.budget, 'budget');
  let [total, broken] = [0, 0];
  try {
    for (const [index, { name }] of chosen.entries()) {
      // Targets that are quick leave their time to the others.
      const seconds = Math.max(1, (end - performance.now()) / 1000 / (chosen.length - index));
      const place = join(folder, String(index));
      const result = await inProcess({ target: name, folder: makeFolder(place), seed, from, inputs, seconds });
      total += 'inputs' in result ? result.inputs : 0;
      broken += tell(name, result);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${total} inputs with seed ${seed}, ${broken} broken`);
  if (broken > 0) process.exitCode = 1;
}

function makeFolder(place: string): string {
  mkdirSync(place, { recursive: true });
  return place;
}

/** Returns how many were broken. */
function tell(name: string, result: Result): number {
  if ('stuck' in result) {
    console.log(`${name.padEnd(34)} BROKEN at input ${result.stuck ?? 'unknown'}: ${result.why}`);
    return 1;
  }
  const { inputs, valid, broken, slowestMilliseconds, mostBytes } = result;
  const worst = `slowest ${slowestMilliseconds.toFixed(0)} ms, most ${(mostBytes / 2 ** 20).toFixed(0)} MB`;
  console.log(
    `${name.padEnd(34)} ${String(inputs).padStart(7)} inputs, ${valid} read, ${broken.length} broken, ${worst}`,
  );
  for (const { index, why } of broken.slice(0, 5)) console.log(`    input ${index}: ${why}`);
  return broken.length;
}

if (!isMainThread) void carryOut(workerData as Order);
else if (process.argv[2] === asked) answer();
else
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
