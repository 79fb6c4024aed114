import { visibleText } from '../../base/visibleText';
import { UserError } from '../../base/errors';
import type { Profile } from './profile';

export interface ArraySubject {
  readonly profile: Profile;
  /** Of the submission: a name of letters, digits, `.`, `_` and `-`. */
  readonly id: string;
  /** Folder of the submission. */
  readonly folder: string;
  readonly tasks: number;
}

/**
 * The arguments of `sbatch` for a job array, before the script. They are given to the program as they are, no shell reads them.
 * Output goes by a path that is relative, as `%` and `\` mean something to Slurm in it.
 */
export function sbatchArguments({ profile, id, folder, tasks }: ArraySubject): string[] {
  const { partition, account, qos, constraint, time, gres, cpus, memory, maxParallel } = profile;
  const given = { partition, account, qos, constraint, time, gres, 'cpus-per-task': cpus, mem: memory };
  const args = [
    '--parsable',
    `--job-name=${id}`,
    `--array=0-${tasks - 1}${maxParallel === undefined ? '' : `%${maxParallel}`}`,
    `--chdir=${folder}`,
    '--output=output/%a.log',
    '--open-mode=append',
    '--requeue',
    `--signal=B:TERM@${profile.graceSeconds}`,
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...profile.options,
  ];
  const unseen = args.find((argument) => visibleText(argument) !== argument);
  if (unseen !== undefined)
    throw new UserError(`An option for sbatch has a character in it that cannot be seen: ${visibleText(unseen)}`);
  return args;
}
