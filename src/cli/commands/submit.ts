import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Experiment } from '../../experiment/resolve';
import { createRuns } from '../../runs/folder/create';
import type { PresentRuns } from '../../runs/folder/presentRuns';
import { defaultProfile, type Profile } from '../../scheduling/slurm/profile';
import { findProfile, readProfile } from '../../scheduling/slurm/profileFile';
import { planSubmission, submit, type Plan } from '../../scheduling/slurm/submit';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { asUsage, exitCode } from '../problems';
import { colours, isTerminal, print, printJson } from '../terminal';
import { version } from '../version';
import { codeOfNothing, tellPresent, wantedExperiment } from '../wantedExperiment';

export interface SubmitOptions {
  readonly runs?: string;
  readonly profile?: string;
  readonly maxParallel?: number;
  readonly time?: string;
  readonly gres?: string;
  readonly partition?: string;
  /** Submits nothing, and shows what would be. */
  readonly dryRun?: boolean;
  /** Does not ask on a terminal. */
  readonly yes?: boolean;
  /** Submits also those runs that are there already. */
  readonly again?: boolean;
  /** Submits also those that are stopped or lost, to go on. */
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** `sfp submit`: hands the runs of a config that are not there yet to Slurm, as one job array, when it was shown what that will be. */
export async function submitRuns(configFile: string, options: SubmitOptions): Promise<number> {
  const json = options.json === true;
  const { file, experiment, runsFolder, present } = await wantedExperiment(configFile, options);
  const profile = await asUsage(() => profileOf(options, dirname(file)));
  const chosen = chosenRuns(experiment, present, options);
  const tasks = chosen.wanted.length + chosen.resumed.length;
  if (tasks === 0) return codeOfNothing(experiment, present);
  const plan = planSubmission({
    ...{ experiment: experiment.name, runsFolder, profile, tasks },
    ...{ node: process.execPath, program: join(__dirname, 'cli.js') },
  });
  tellPlan(plan, { tasks, json });
  if (options.dryRun === true) return exitCode.done;
  if (!(await isAgreed(options, tasks))) return exitCode.stopped;
  return send(plan, { ...chosen, experiment, runsFolder, file, json });
}

/** What is to be trained, when it was told what is left out. */
function chosenRuns(
  experiment: Experiment,
  present: PresentRuns | null,
  { resume, json = false }: SubmitOptions,
): Pick<Sending, 'wanted' | 'resumed'> {
  if (present === null) return { wanted: experiment.runs, resumed: [] };
  const resumed = resume === true ? present.halted : [];
  tellPresent(resume === true ? { ...present, halted: [] } : present, json);
  return { wanted: present.missing, resumed };
}

async function profileOf(options: SubmitOptions, folder: string): Promise<Profile> {
  const { maxParallel, time, gres, partition } = options;
  const profile =
    options.profile === undefined ? defaultProfile : await readProfile(await findProfile(options.profile, folder));
  return {
    ...profile,
    ...(maxParallel !== undefined && { maxParallel }),
    ...(time !== undefined && { time }),
    ...(gres !== undefined && { gres }),
    ...(partition !== undefined && { partition }),
  };
}

function tellPlan({ id, folder, script, args }: Plan, { tasks, json }: { tasks: number; json: boolean }): void {
  if (json) {
    printJson({ type: 'plan', submission: id, folder, tasks, command: ['sbatch', ...args], script });
    return;
  }
  const { dim } = colours();
  print(dim(`sbatch with these ${args.length} arguments, and job.sh as follows:`));
  for (const argument of args) print(`  ${argument}`);
  print('');
  for (const line of script.trimEnd().split('\n')) print(`  ${line}`);
  print('');
}

/** Asked only where somebody is there to answer. */
async function isAgreed({ yes, json }: SubmitOptions, tasks: number): Promise<boolean> {
  if (yes === true || json === true || !isTerminal() || !process.stdin.isTTY) return true;
  const question = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await question.question(`Submit ${plural(tasks, 'run')}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    question.close();
  }
}

interface Sending {
  readonly experiment: Experiment;
  readonly wanted: PresentRuns['missing'];
  readonly resumed: PresentRuns['halted'];
  readonly runsFolder: string;
  readonly file: string;
  readonly json: boolean;
}

async function send(plan: Plan, { experiment, wanted, resumed, runsFolder, file, json }: Sending): Promise<number> {
  const versions = { 'sfp-lab': version, node: process.versions.node };
  const [first, ...more] = wanted;
  const created =
    first === undefined
      ? []
      : await createRuns(runsFolder, {
          experiment: { ...experiment, runs: [first, ...more] },
          configFile: file,
          versions,
        });
  const { job, cluster } = await submit(plan, {
    created: created.map(({ folder }) => folder),
    resumed: resumed.map(({ folder }) => folder),
  });
  const runs = [...created, ...resumed];
  if (json) {
    const told = runs.map(({ id, name, folder }, index) => ({ run: id, name, folder, task: `${job}_${index}` }));
    printJson({ type: 'submitted', job, cluster, submission: basename(plan.folder), runs: told });
  } else {
    for (const [index, { id }] of runs.entries()) print(`  ${job}_${index}  ${id}`);
    print(
      `${plural(runs.length, 'run')} in ${shortPath(runsFolder)} submitted as job ${job}; see \`sfp jobs\`, \`sfp list\`, \`sfp stop RUN\`.`,
    );
  }
  return exitCode.done;
}
