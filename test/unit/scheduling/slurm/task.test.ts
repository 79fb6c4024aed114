import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestStop } from '../../../../src/runs/control/stopRequest';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { LockFiles } from '../../../../src/runs/lock/lockFiles';
import { usualPace } from '../../../../src/runs/lock/runLock';
import { createSubmission, submissionPath } from '../../../../src/scheduling/slurm/submissionFolder';
import { runTask, taskCodes, type Task } from '../../../../src/scheduling/slurm/task';
import { createSmallRun } from '../../../fixtures/smallRun';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

/** A trainer that only says how its run ended. */
const trainerThat = (status: string, before = ''): string =>
  `const fs = require('fs'), path = require('path'), folder = process.argv[2]; ${before}
   const file = path.join(folder, 'run.json'), run = JSON.parse(fs.readFileSync(file));
   fs.writeFileSync(file, JSON.stringify({ ...run, status: '${status}' }));`;

interface PreparedTask {
  readonly run: string;
  readonly said: string[];
  /** Runs the task with a trainer of this text. */
  readonly start: (trainer: string, options?: Partial<Task>) => Promise<number>;
}

async function prepared(): Promise<PreparedTask> {
  const runs = temporaryFolder();
  const run = await createSmallRun(runs);
  const folder = submissionPath(runs, 'job');
  await createSubmission(folder, { script: '', runFolders: ['/other', run] });
  const trainerScript = join(runs, 'trainer.js');
  const said: string[] = [];
  const usual = {
    ...{ folder, index: 1, trainerScript, signal: new AbortController().signal },
    say: (text: string) => said.push(text),
  };
  const start = (trainer: string, options: Partial<Task> = {}): Promise<number> => {
    writeFileSync(trainerScript, trainer);
    return runTask({ ...usual, ...options });
  };
  return { run, said, start };
}

const saveCheckpoint = `fs.mkdirSync(path.join(folder, 'checkpoints', 'epoch-000' + process.env.TURN));`;

describe('a task', () => {
  it.each([
    ['finished', taskCodes.done],
    ['failed', taskCodes.failed],
    ['stopped', taskCodes.again],
  ])('whose run %s ends with %i', async (status, code) => {
    const { start } = await prepared();
    expect(await start(trainerThat(status))).toBe(code);
  });

  it('leaves a finished run alone', async () => {
    const { start, said } = await prepared();
    await start(trainerThat('finished'));
    expect(await start('throw new Error()')).toBe(taskCodes.done);
    expect(said.at(-1)).toMatch(/is finished\.$/);
  });

  it('does not come back when somebody has asked the run to stop, while it trained or after', async () => {
    const { run, start, said } = await prepared();
    expect(await start(trainerThat('stopped', `fs.writeFileSync(path.join(folder, 'stop.request'), '');`))).toBe(
      taskCodes.done,
    );
    await requestStop(run);
    expect(await start('throw new Error()')).toBe(taskCodes.done);
    expect(said.at(-1)).toMatch(/was stopped on request; it is not trained/);
  });

  it('makes a run ready that Slurm has ended, and is given up when it does not get on in three turns', async () => {
    const { run, start, said } = await prepared();
    const ready = `if (JSON.parse(fs.readFileSync(path.join(folder, 'run.json'))).status !== 'created') process.exit(9);`;
    expect(await start(trainerThat('stopped', ready))).toBe(taskCodes.again);
    expect(await start(trainerThat('stopped', ready))).toBe(taskCodes.again);
    process.env.TURN = '0';
    expect(await start(trainerThat('stopped', ready + saveCheckpoint))).toBe(taskCodes.again);
    delete process.env.TURN;
    expect(said.at(-1)).toMatch(/it goes on from epoch-0000 in its next turn/);
    for (const code of [taskCodes.again, taskCodes.again, taskCodes.failed])
      expect(await start(trainerThat('stopped', ready))).toBe(code);
    expect(said.at(-1)).toMatch(/did not get on in 3 turns.*Give it more time/);
    expect((await readManifest(run)).status).toBe('stopped');
  });

  it('tells how a trainer ended that could not say so itself', async () => {
    const { run, start } = await prepared();
    expect(await start(`process.kill(process.pid, 'SIGKILL')`)).toBe(taskCodes.failed);
    const { status, error } = await readManifest(run);
    expect([status, error]).toEqual(['failed', expect.stringMatching(/was ended from outside \(SIGKILL\)/)]);
  });

  it('passes the signal on to its trainer, and comes back', async () => {
    const { start } = await prepared();
    const controller = new AbortController();
    const stopsOnSignal = `process.on('SIGTERM', () => { ${trainerThat('stopped')} process.exit(130); }); setInterval(() => {}, 1000);`;
    const code = start(stopsOnSignal, { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, 2000);
    expect(await code).toBe(taskCodes.again);
  });

  it('waits for the lock of a machine that has gone until it was silent for long enough', async () => {
    const { run, start, said } = await prepared();
    const gone = { pid: 4711, host: 'node-that-has-gone', since: new Date().toISOString(), space: 'elsewhere' };
    await new LockFiles(run).make(1, gone);
    // The lock counts as held for the usual 90 seconds of silence; so much is not waited here.
    const pace = { ...usualPace, silenceMilliseconds: 500, watchMilliseconds: 100 };
    await expect(start(trainerThat('finished'), { pace })).rejects.toThrow(
      /is being trained already, by process 4711 on node-that-has-gone/,
    );
    expect(said[0]).toMatch(/process 4711 on node-that-has-gone holds the run; waiting/);
  });

  it('ends at once when Slurm asks it to while it waits', async () => {
    const { run, start } = await prepared();
    const gone = { pid: 4711, host: 'node-that-has-gone', since: new Date().toISOString(), space: 'elsewhere' };
    await new LockFiles(run).make(1, gone);
    expect(await start('throw new Error()', { signal: AbortSignal.timeout(300) })).toBe(taskCodes.again);
  });
});
