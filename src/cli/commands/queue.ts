import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../base/errors';
import { readyToResume } from '../../runs/control/resume';
import { DamagedQueue, editQueue, type EditedQueue } from '../../scheduling/queue/queueFile';
import { queueFolder } from '../../scheduling/queue/queueFolder';
import { listQueue, type ListedEntry, type QueueList } from '../../scheduling/queue/queueList';
import { bestSplit, type SplitTable } from '../../scheduling/queue/split';
import { fittingTables } from '../../scheduling/queue/fittingTables';
import { cancelRuns, continueQueue, moveRun, pauseQueue, setSlots } from '../../scheduling/queue/steer';
import { localTime, plural } from '../figures';
import { UsageError } from '../problems';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, note, print, printJson } from '../terminal';
import { queueStart, startTraining, type TrainingRun } from '../trainingRuns';

export interface QueueOptions {
  readonly json?: boolean;
}

/** `sfp queue`: the runs that train or wait on this machine, those that failed, and what was measured. */
export async function queue({ json = false }: QueueOptions): Promise<void> {
  const list = await lookAtQueue();
  const tables = await fittingTables(list.runs);
  if (json) {
    printJson({ ...list, measured: tables });
    return;
  }
  print(stateOf(list));
  const { dim } = colours();
  const entries = [...list.runs, ...list.ended];
  if (entries.length > 0) {
    const columns = [{ title: '', align: 'right' as const }, { title: 'run' }, { title: 'status' }, { title: '' }];
    print(table(columns, entries.map(row), dim));
  }
  if (list.ended.length > 0) print(dim('`sfp queue retry` lets those that failed or were stopped go on.'));
  for (const each of tables) tellTable(each);
}

/** `sfp queue pause` */
export async function pause({ json = false }: QueueOptions): Promise<void> {
  const { queue: it } = told(await pauseQueue(queueFolder()));
  if (json) printJson({ paused: it.paused });
  else print('The queue is paused: runs that train go on, no other is started. `sfp queue continue` starts them.');
}

/** `sfp queue continue` */
export async function goOn({ json = false }: QueueOptions): Promise<void> {
  const { queue: it, pid } = told(await continueQueue(queueStart()));
  if (json) printJson({ paused: it.paused, runs: it.runs.length, pid });
  else if (pid === null) print('The queue is open, and empty.');
  else print(`The queue goes on with ${plural(it.runs.length, 'run')} (process ${pid}).`);
}

/** `sfp queue move RUN first|last|N` */
export async function move(run: string, place: number, { json = false }: QueueOptions): Promise<void> {
  const [entry] = await named([run]);
  const hasMoved = await moveRun(queueFolder(), entry!.folder, place);
  if (!hasMoved) throw new UserError(`${entry!.name} does not wait any more, so it was not moved.`);
  const now = (await lookAtQueue()).runs.find(({ folder }) => folder === entry!.folder);
  if (json) printJson({ run: entry!.id, folder: entry!.folder, place: now?.place ?? null });
  else print(`${entry!.name} is now number ${now?.place ?? place} of those that wait.`);
}

/** `sfp queue cancel RUN…` */
export async function cancel(runs: readonly string[], { json = false }: QueueOptions): Promise<void> {
  const entries = await named(runs);
  await cancelRuns(
    queueFolder(),
    entries.map(({ folder }) => folder),
  );
  for (const { id, name, folder, status } of entries)
    if (json) printJson({ type: 'cancelled', run: id, name, folder });
    else
      print(
        `${name} ${status === 'running' ? 'stops after its current step and saves a checkpoint' : 'leaves the queue'}.`,
      );
}

/** `sfp queue retry [RUN…]`: lets those that failed or were stopped go on, all of them where none is named. */
export async function retry(runs: readonly string[], { json = false }: QueueOptions): Promise<void> {
  const { ended } = await lookAtQueue();
  const entries = runs.length > 0 ? await named(runs, 'ended') : ended;
  const [first, ...more] = entries.map(({ id, name, folder }): TrainingRun => ({ id, name, folder }));
  if (first === undefined) {
    if (json) printJson({ retried: [] });
    else print('No run of the queue has failed or was stopped.');
    return;
  }
  const { locks, losses } = await readyToResume([first, ...more].map(({ folder }) => folder));
  if (!json) for (const loss of losses) print(loss);
  const pid = await startTraining([first, ...more], locks);
  for (const { id, name, folder } of [first, ...more])
    if (json) printJson({ type: 'resumed', run: id, name, folder, pid });
    else print(`${name} waits to go on.`);
}

export interface SlotsOptions extends QueueOptions {
  readonly threads?: number;
}

/** `sfp queue slots N|auto`: how many runs at once; null is what is measured. */
export async function slots(runs: number | null, { threads, json = false }: SlotsOptions): Promise<void> {
  if (runs === null && threads !== undefined) throw new UsageError('With "auto" the threads are measured, too.');
  const { queue: it } = told(await setSlots(queueFolder(), runs === null ? null : { runs, threads: threads ?? null }));
  if (json) printJson({ slots: it.slots });
  else print(slotsSentence(it.slots));
}

/** A damaged file is set aside here, and told. */
async function lookAtQueue(): Promise<QueueList> {
  const folder = queueFolder();
  try {
    return await listQueue(folder);
  } catch (error) {
    if (!(error instanceof DamagedQueue)) throw error;
    told(await editQueue(folder, (it) => it));
    note('Runs that waited are still in their folders: `sfp list` shows them as lost, `sfp resume` lets them go on.');
    return listQueue(folder);
  }
}

function told<Edited extends EditedQueue>(edited: Edited): Edited {
  if (edited.note !== null) note(colours(process.stderr).yellow(edited.note));
  return edited;
}

function stateOf({ pid, paused, slots: wanted, runs }: QueueList): string {
  const waiting = runs.filter(({ place }) => place !== null).length;
  const training = runs.filter(({ status }) => status === 'running').length;
  const counts = runs.length === 0 ? 'The queue is empty.' : `The queue: ${training} training, ${waiting} waiting.`;
  const sentences = [
    counts,
    ...(paused === null ? [] : [`It is paused since ${localTime(paused.since)}. ${paused.why ?? ''}`.trim()]),
    ...(pid === null && runs.length > 0 ? ['Its process has gone: `sfp queue continue` lets it go on.'] : []),
    slotsSentence(wanted),
  ];
  return sentences.join(' ');
}

function slotsSentence(wanted: QueueList['slots']): string {
  if (wanted === null) return 'How many runs at once is measured.';
  const threads = wanted.threads === null ? 'the cores divided among them' : `${plural(wanted.threads, 'thread')} each`;
  return `${plural(wanted.runs, 'run')} at once, ${threads}; \`sfp queue slots auto\` measures instead.`;
}

function row({ id, status, place, problem }: ListedEntry): string[] {
  const { red } = colours();
  // Without its process, what waits is lost only until that is there again.
  const shown = place !== null ? statusText('created') : status === null ? red('gone') : statusText(status);
  return [place === null ? '' : String(place), id, shown, problem ?? ''];
}

function tellTable(measured: SplitTable): void {
  const { dim } = colours();
  const { network, batchSize, title, splits, measured: when } = measured;
  print(`\n${network} at batches of ${batchSize}, ${title}, measured ${localTime(when)}:`);
  const best = bestSplit(splits, Infinity, 0);
  const right = (heading: string) => ({ title: heading, align: 'right' as const });
  const columns = [
    right('runs at once'),
    right('threads each'),
    right('images/s together'),
    right('MB each'),
    { title: '' },
  ];
  const rows = splits.map((split) => [
    String(split.runs),
    String(split.threads),
    split.imagesPerSecond.toFixed(0),
    (split.peakBytes / 2 ** 20).toFixed(0),
    split === best ? 'the fastest' : '',
  ]);
  print(table(columns, rows, dim));
}

/** Runs of the queue by id, the unique beginning of an id, unique name, or folder. Throws a UsageError where it is none or several. */
async function named(names: readonly string[], among: 'runs' | 'ended' = 'runs'): Promise<ListedEntry[]> {
  const entries = (await lookAtQueue())[among];
  return Promise.all(
    names.map(async (name) => {
      const path = await realpath(name).catch(() => resolve(name));
      const exact = entries.filter(({ id, folder }) => id === name || folder === path || folder === resolve(name));
      const fitting = exact.length > 0 ? exact : entries.filter((it) => it.name === name || it.id.startsWith(name));
      const [found, ...others] = fitting;
      if (found === undefined)
        throw new UsageError(`There is no run "${name}" in the queue; \`sfp queue\` shows those that are.`);
      if (others.length === 0) return found;
      const ids = fitting.slice(0, 4).map(({ id }) => id);
      throw new UsageError(
        `"${name}" fits ${fitting.length} runs of the queue: ${ids.join(', ')}; give more of the id.`,
      );
    }),
  );
}
