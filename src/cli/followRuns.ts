import type { ShownStatus } from '../runs/model/history';
import { advance, emptyHistory, type RunDelta, type RunHistory } from '../runs/model/history';
import { watchRun } from '../runs/folder/watch';
import type { TrainDisplay } from './trainDisplay';

/** Shows runs from now to their end, and returns how each ended, in the order of the folders. */
export async function followRuns(
  folders: readonly string[],
  display: TrainDisplay,
  /** Whether the process that starts them still exists; without it a lost run stays so. */
  isQueueThere: () => Promise<boolean>,
  /** ISO 8601: events from before this time count, but are not shown. */
  since = '',
): Promise<ShownStatus[]> {
  return Promise.all(folders.map((folder) => followRun(folder, display, isQueueThere, since)));
}

const lookMilliseconds = 1000;
/** A run that is between two processes is not lost yet. */
const looksAfterEnd = 3;
/** The queue still writes how a run has ended whose process was killed, unless it cannot. */
const looksBesideQueue = 60;

function followRun(
  folder: string,
  display: TrainDisplay,
  isQueueThere: () => Promise<boolean>,
  since: string,
): Promise<ShownStatus> {
  return new Promise((resolve) => {
    let history: RunHistory | null = null;
    let looksAsLost = 0;
    const end = (status: ShownStatus): void => {
      watcher.dispose();
      clearInterval(timer);
      resolve(status);
    };
    const watcher = watchRun(
      folder,
      (delta, isUpToDate) => {
        history = show(history, delta, display, since);
        const { status } = history;
        if (isUpToDate && isOver(status) && status !== 'lost') end(status);
      },
      (problem) => {
        display.say(problem.message);
        end('lost');
      },
    );
    const timer = setInterval(() => {
      looksAsLost = history === null || history.status === 'lost' ? looksAsLost + 1 : 0;
      if (looksAsLost <= looksAfterEnd) return;
      void isQueueThere().then((isThere) => {
        if (!isThere || looksAsLost > looksBesideQueue) end('lost');
      });
    }, lookMilliseconds);
  });
}

function show(before: RunHistory | null, delta: RunDelta, display: TrainDisplay, since: string): RunHistory {
  const firstShown = delta.events.findIndex(({ time }) => time >= since);
  const unseen = firstShown < 0 ? delta.events.length : firstShown;
  // What is not shown is folded in one go: a run that is resumed may have told a lot before.
  let history = advance(before ?? emptyHistory(delta.manifest, delta.status), {
    ...delta,
    events: delta.events.slice(0, unseen),
    records: [],
  });
  for (const event of delta.events.slice(unseen)) {
    history = advance(history, { ...delta, events: [event], records: [] });
    if (event.time >= since) display.onEvent(event, history);
  }
  history = advance(history, { ...delta, events: [] });
  display.onState(history);
  return history;
}

function isOver(status: ShownStatus): boolean {
  return status !== 'created' && status !== 'running';
}
