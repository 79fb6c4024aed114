import type { Browser } from 'playwright-core';
import type { BenchWindow } from './window';

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Records the tasks of a window from now on; the returned function ends that and tells the longest, in milliseconds of work. */
export async function watchTasks(browser: Browser, { page }: BenchWindow): Promise<() => Promise<number>> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  return async () => longestOf(JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] });
}

/** The page works more than the window around it. */
function longestOf({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): number {
  const threads = new Map<string, number[]>();
  const key = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  for (const event of traceEvents)
    if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') threads.set(key(event), []);
  for (const event of traceEvents)
    if (event.ph === 'X' && event.name.endsWith('RunTask') && event.tdur)
      threads.get(key(event))?.push(event.tdur / 1000);
  const sum = (tasks: readonly number[]): number => tasks.reduce((total, task) => total + task, 0);
  const busiest = [...threads.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
  return Math.max(0, ...busiest);
}
