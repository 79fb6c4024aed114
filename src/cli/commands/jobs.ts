import { UserError } from '../../base/errors';
import { errorCode } from '../../base/fileProblem';
import { openRegular } from '../../base/regularFile';
import { readSlurmRecord, taskName } from '../../runs/folder/slurmRecord';
import { listRuns } from '../../runs/folder/list';
import { runStates, submittedRuns } from '../../scheduling/slurm/runStates';
import { outputFile } from '../../scheduling/slurm/submissionFolder';
import { stateInWords } from '../../scheduling/slurm/taskWords';
import { dirname } from 'node:path';
import { localTime, unknown } from '../figures';
import { shortPath } from '../paths';
import { findRun, runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, note, print, printJson } from '../terminal';

export interface JobsOptions {
  readonly runs?: string;
  /** A run whose output is printed instead. */
  readonly log?: string;
  readonly json?: boolean;
}

/** `sfp jobs`: the runs that were handed to Slurm, and what it says of them. */
export async function jobs({ runs: option, log, json }: JobsOptions): Promise<void> {
  const folder = await runsFolderOf(option);
  if (log !== undefined) {
    await printOutput(await findRun(log, folder));
    return;
  }
  const listed = (await listRuns(folder)).filter((run) => run.problem === null);
  const submitted = await submittedRuns(listed);
  const { states, problem } = await runStates(submitted);
  const names = new Map(listed.map((run) => [run.folder, run.id]));
  const told = submitted.map((run) => ({
    run: names.get(run.folder)!,
    folder: run.folder,
    status: run.status,
    job: run.record.job,
    index: run.record.index,
    submitted: run.record.submitted,
    slurm: states.get(run.folder) ?? null,
    output: outputFile(dirname(run.folder), run.record.submission, run.record.index),
  }));
  if (json) {
    printJson({ folder, problem, runs: told });
    return;
  }
  if (told.length === 0) {
    print(`No run in ${shortPath(folder)} was submitted to Slurm; \`sfp submit CONFIG\` does so.`);
    return;
  }
  told.sort((a, b) => (a.submitted < b.submitted ? 1 : a.submitted > b.submitted ? -1 : a.index - b.index));
  const rows = told.map((run) => [
    taskName(run),
    run.run,
    statusText(run.status),
    run.slurm === null ? unknown : stateInWords(run.slurm),
    localTime(run.submitted),
  ]);
  const titles = ['task', 'run', 'status', 'slurm', 'submitted'];
  print(
    table(
      titles.map((title) => ({ title })),
      rows,
      colours().dim,
    ),
  );
  if (problem !== null) note(problem);
  print('`sfp jobs --log RUN` prints the output of a task.');
}

const mostBytes = 1 << 20;

/** The end of what a task has printed. */
async function printOutput(run: string): Promise<void> {
  const record = await readSlurmRecord(run);
  if (record === null) throw new UserError(`The run in ${shortPath(run)} was not submitted to Slurm.`, { file: run });
  const file = outputFile(dirname(run), record.submission, record.index);
  try {
    const output = await openRegular(file, 'read');
    try {
      const { size } = await output.stat();
      const length = Math.min(size, mostBytes);
      const { buffer } = await output.read(Buffer.alloc(length), 0, length, size - length);
      print(buffer.toString('utf8').trimEnd());
    } finally {
      await output.close();
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new UserError(`Task ${taskName(record)} has printed nothing yet: ${shortPath(file)} is not there.`, { file });
  }
}
