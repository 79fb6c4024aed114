import { join } from 'node:path';
import { openRegular } from '../base/regularFile';
import { listRuns, type DamagedRun, type ListedRun } from '../runs/folder/list';
import { fileNames } from '../runs/model/format';
import { good, remark, type Finding, type Place } from './finding';
import { shellWord } from '../runs/model/shellWord';

const mostTold = 5;
/** Of the end of a log; its last line is in it. */
const readOfLog = 4096;

/** The newest runs that failed, were lost or cannot be read, and what can be done about each. */
export async function runFindings({ runsFolder }: Pick<Place, 'runsFolder'>): Promise<Finding[]> {
  const runs = await listRuns(runsFolder);
  const ended = runs.filter((run) => run.problem !== null || run.status === 'failed' || run.status === 'lost');
  if (ended.length === 0) return [good(runs.length === 0 ? 'There are no runs yet.' : 'No run has failed.')];
  const findings = await Promise.all(ended.slice(0, mostTold).map(runFinding));
  const more = ended.length - findings.length;
  return more > 0 ? [...findings, remark(`${more} older runs failed, too.`, '`sfp list` shows them.')] : findings;
}

async function runFinding(run: ListedRun | DamagedRun): Promise<Finding> {
  if (run.problem !== null)
    return remark(`The run ${run.id} cannot be read: ${run.problem}`, 'Restore its folder from a copy, or delete it.');
  const resume = `\`sfp resume ${shellWord(run.id)}\``;
  if (run.status === 'failed')
    return remark(
      `The run ${run.id} failed: ${run.error ?? 'it does not say why'}`,
      `Mend that; then ${resume} goes on from its newest checkpoint.`,
    );
  const words = await lastWords(run.folder);
  return remark(
    `The run ${run.id} was lost: its process ended without a word${words === '' ? '' : `; its log ends with “${words}”`}.`,
    `If nobody ended it, look for a restart or for missing memory then; ${resume} goes on from its newest checkpoint.`,
  );
}

/** The last line of a run's log; empty where there is none that can be read. */
async function lastWords(folder: string): Promise<string> {
  try {
    const log = await openRegular(join(folder, fileNames.log), 'read');
    try {
      const { size } = await log.stat();
      const { buffer, bytesRead } = await log.read(
        Buffer.alloc(readOfLog),
        0,
        readOfLog,
        Math.max(0, size - readOfLog),
      );
      return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').at(-1)?.trim().slice(-300) ?? '';
    } finally {
      await log.close();
    }
  } catch {
    return '';
  }
}
