import type { CDPSession, Frame } from 'playwright-core';

/** The work of a page's main thread: its processor time, which other programs on a busy machine do not lengthen. */
export class PageWork {
  private constructor(
    private readonly session: CDPSession,
    private readonly begun: number,
  ) {}

  /** Begins to watch a frame that has a process of its own. */
  static async watch(frame: Frame): Promise<PageWork> {
    const session = await frame.page().context().newCDPSession(frame);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new PageWork(session, await taskSeconds(session));
  }

  /** Since it is watched. */
  async milliseconds(): Promise<number> {
    return 1000 * ((await taskSeconds(this.session)) - this.begun);
  }
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
}
