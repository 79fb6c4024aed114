import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../src/base/errors';
import { randomStream } from '../../src/base/random';
import type { FuzzTarget, OpenTarget } from './target';

/** No input may take more: of the processor, whose time other programs do not change, and of memory. */
export const limits = { milliseconds: 1000, bytes: 512 * 2 ** 20 };
/** Measured again where it was slow: memory may have been tidied up just then. */
const measurements = 3;

export interface Broken {
  /** Number of the input, which with target and seed is made again. */
  readonly index: number;
  readonly why: string;
}

export interface CampaignResult {
  readonly inputs: number;
  /** How many were read, as against refused with a typed error. */
  readonly valid: number;
  readonly broken: readonly Broken[];
  /** Of the slowest input, and of the one that took the most memory. */
  readonly slowestMilliseconds: number;
  readonly mostBytes: number;
}

export interface CampaignOptions {
  readonly seed: number;
  /** Where the numbers of the inputs begin. */
  readonly from?: number;
  readonly inputs: number;
  /** Ends the campaign when it says so. */
  readonly isOver?: () => boolean;
  /** Told before an input is read: whoever watches knows which one never came to an end. */
  readonly onInput?: (index: number) => void;
}

/** Reads made-up inputs one after another. An input depends on target, seed and its number alone. */
export async function campaign(
  { name, open }: FuzzTarget,
  folder: string,
  { seed, inputs, from = 0, isOver = () => false, onInput }: CampaignOptions,
): Promise<CampaignResult> {
  const opened = await open(folder);
  const broken: Broken[] = [];
  let [valid, done, slowest, most] = [0, 0, 0, 0];
  for (let index = from; index < from + inputs && !isOver(); index++) {
    onInput?.(index);
    const { outcome, milliseconds, bytes } = await measured(opened, () => randomStream(seed, `${name}:${index}`));
    done += 1;
    slowest = Math.max(slowest, milliseconds);
    most = Math.max(most, bytes);
    const why = complaint(outcome, milliseconds, bytes);
    if (why !== null) broken.push({ index, why });
    else if (outcome === 'valid') valid += 1;
    // Whoever watches gets its turn, too.
    if (index % 64 === 0) await setImmediate();
  }
  return { inputs: done, valid, broken, slowestMilliseconds: slowest, mostBytes: most };
}

type Outcome = 'valid' | 'refused' | Error;

interface Measured {
  readonly outcome: Outcome;
  readonly milliseconds: number;
  readonly bytes: number;
}

async function measured(opened: OpenTarget, stream: () => ReturnType<typeof randomStream>): Promise<Measured> {
  let milliseconds = Infinity;
  let most = 0;
  let outcome: Outcome = 'valid';
  for (let attempt = 0; attempt < measurements && milliseconds > limits.milliseconds; attempt++) {
    const input = opened.make(stream());
    const [before, highest, begin] = [process.memoryUsage.rss(), highestBytes(), process.cpuUsage()];
    outcome = await outcomeOf(opened, input);
    milliseconds = Math.min(milliseconds, processorMilliseconds(begin));
    if (highestBytes() > highest) most = Math.max(most, highestBytes() - before);
  }
  return { outcome, milliseconds, bytes: most };
}

function processorMilliseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** The most memory that this process ever had at a time. */
function highestBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

async function outcomeOf({ read, isRefusal = isUserError }: OpenTarget, input: unknown): Promise<Outcome> {
  try {
    await read(input);
    return 'valid';
  } catch (error) {
    if (isRefusal(error)) return 'refused';
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isUserError(error: unknown): boolean {
  return error instanceof UserError;
}

function complaint(outcome: Outcome, milliseconds: number, bytes: number): string | null {
  if (outcome instanceof Error) return `an error that is none for people: ${firstLines(outcome)}`;
  // To touch so much memory takes long: it is the reason, and the time is not.
  if (bytes > limits.bytes) return `took ${Math.round(bytes / 2 ** 20)} MB`;
  return milliseconds > limits.milliseconds ? `took ${Math.round(milliseconds)} ms of the processor` : null;
}

function firstLines({ stack, message }: Error): string {
  return (stack ?? message).split('\n').slice(0, 5).join(' ').slice(0, 700);
}
