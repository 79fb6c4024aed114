import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchScript, requeueCode, type ScriptSubject } from '../../../../src/scheduling/slurm/batchScript';
import { defaultProfile, type Profile } from '../../../../src/scheduling/slurm/profile';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';
import { trickyText } from '../../../fixtures/trickyText';

const run = promisify(execFile);

const subject = (profile: Partial<Profile> = {}, paths: Partial<ScriptSubject> = {}): ScriptSubject => ({
  profile: { ...defaultProfile, ...profile },
  ...{ folder: '/runs/.slurm/job', runsFolder: '/runs', node: 'node', program: '/sfp/cli.js', ...paths },
});

/** Folder with programs that write down how they were called, in the place of those that a script calls. */
function recorded(...names: string[]): {
  readonly folder: string;
  readonly path: string;
  readonly calls: () => string[][];
} {
  const folder = temporaryFolder();
  const calls = join(folder, 'calls');
  writeFileSync(calls, '');
  const program = (answer: string): string =>
    `#!/bin/bash\n{ printf '%s\\0' "$(basename "$0")" "$@"; printf '\\n\\0'; } >> ${calls}\n${answer}\n`;
  mkdirSync(join(folder, 'bin'));
  for (const name of names) {
    writeFileSync(
      join(folder, 'bin', name),
      program(name === 'squeue' ? 'echo "$STATE"' : name === 'node' ? 'exit ${CODE:-0}' : ''),
    );
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  return {
    folder,
    path: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
    calls: () =>
      readFileSync(calls, 'utf8')
        .split('\n\0')
        .slice(0, -1)
        .map((call) => call.split('\0').slice(0, -1)),
  };
}

async function runScript(script: string, env: NodeJS.ProcessEnv): Promise<number> {
  try {
    await run('bash', ['-c', script], {
      env: { ...process.env, SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '3', ...env },
    });
    return 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

describe('a batch script', () => {
  it('loads modules, sets the environment and starts the task', () => {
    const script = batchScript(subject({ modules: ['gcc/12'], environment: { A: "it's" }, cache: '/fast' }));
    expect(script.split('\n').slice(0, 7)).toEqual([
      '#!/bin/bash -l',
      '# A task of a job array of SFP Lab: trains the run that runs.json beside this script names for it.',
      "module load 'gcc/12' || exit 1",
      "export SFP_LAB_CACHE='/fast'",
      "export A='it'\\''s'",
      '',
      "'node' '/sfp/cli.js' 'slurm-task' '/runs/.slurm/job' &",
    ]);
  });

  it('starts the task in a container that sees the runs', () => {
    const container = { program: 'apptainer', image: '/images/sfp.sif', binds: ['/data:/data'], options: ['--nv'] };
    const script = batchScript(subject({ container, node: '/opt/node' }));
    expect(script).toContain(
      "'apptainer' 'exec' '--bind' '/runs' '--bind' '/data:/data' '--nv' '/images/sfp.sif' '/opt/node' '/sfp/cli.js' 'slurm-task' '/runs/.slurm/job' &",
    );
    expect(() => batchScript(subject({ container }, { runsFolder: '/a:b' }))).toThrow(/colon or comma/);
  });

  it('calls what it says with the words that the profile has, whatever these are', async () => {
    const { path, calls, folder } = recorded('node', 'module-recorder', 'apptainer');
    const text = trickyText.filter((some) => some !== '');
    const seen = join(folder, 'environment');
    await fc.assert(
      fc.asyncProperty(text, text, text, text, async (value, module, runs, image) => {
        writeFileSync(join(folder, 'calls'), '');
        const container = { program: 'apptainer', image, binds: [], options: [value] };
        const script = batchScript(
          subject(
            { modules: [module], environment: { VALUE: value }, container },
            { folder: runs, runsFolder: '/runs' },
          ),
        );
        const probe = `module() { module-recorder "$@"; }\n${script.replace('\n\n', `\nprintf '%s' "$VALUE" > ${seen}\n\n`)}`;
        expect(await runScript(probe, { PATH: path })).toBe(0);
        expect(calls()).toEqual([
          ['module-recorder', 'load', module],
          ['apptainer', 'exec', '--bind', '/runs', value, image, 'node', '/sfp/cli.js', 'slurm-task', runs],
        ]);
        expect(readFileSync(seen, 'utf8')).toBe(value);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['RUNNING|None', requeueCode, [['scontrol', 'requeue', '7_3']], 0],
    ['COMPLETING|TimeLimit', requeueCode, [['scontrol', 'requeue', '7_3']], 0],
    // Cancelled by somebody: the task stays what it is.
    ['COMPLETING|None', requeueCode, [], requeueCode],
    ['', requeueCode, [], requeueCode],
    ['RUNNING|None', 1, null, 1],
    ['RUNNING|None', 0, null, 0],
  ])('puts a task of state %s that ends with %i back or not', async (state, code, requeued, end) => {
    const { path, calls } = recorded('node', 'squeue', 'scontrol');
    expect(await runScript(batchScript(subject()), { PATH: path, STATE: state, CODE: String(code) })).toBe(end);
    const asked = ['squeue', '--noheader', '--jobs=7_3', '--format=%T|%r'];
    expect(calls().slice(1)).toEqual(requeued === null ? [] : [asked, ...requeued]);
  });

  it('passes the signal of Slurm on and waits for what the task does about it', async () => {
    const { folder, path, calls } = recorded('squeue', 'scontrol');
    const ready = join(folder, 'ready');
    const task = join(folder, 'task.js');
    writeFileSync(
      task,
      `process.on('SIGTERM', () => setTimeout(() => process.exit(${requeueCode}), 300));
       setInterval(() => undefined, 1000); require('fs').writeFileSync(${JSON.stringify(ready)}, '');`,
    );
    const script = batchScript(subject({ node: process.execPath, program: task }));
    const env = {
      ...process.env,
      PATH: path,
      STATE: 'RUNNING|None',
      SLURM_ARRAY_JOB_ID: '7',
      SLURM_ARRAY_TASK_ID: '0',
    };
    const bash = spawn('bash', ['-c', script], { env, stdio: 'ignore' });
    const ended = new Promise((resolve) => bash.once('exit', resolve));
    await expect
      .poll(
        () => {
          try {
            return readFileSync(ready, 'utf8');
          } catch {
            return null;
          }
        },
        { timeout: 20_000 },
      )
      .toBe('');
    bash.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(calls().at(-1)).toEqual(['scontrol', 'requeue', '7_0']);
  });
});
