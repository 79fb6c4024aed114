import { UserError } from '../../base/errors';
import { bashWord } from './bashWord';
import type { Profile } from './profile';

/** How a task ends whose run Slurm has ended before it was finished: it is to wait for its next turn. */
export const requeueCode = 75;

export interface ScriptSubject {
  readonly profile: Profile;
  /** Folder of the submission, absolute. */
  readonly folder: string;
  /** Folder of the runs, absolute. */
  readonly runsFolder: string;
  /** Node and `cli.js` where the profile names none. */
  readonly node: string;
  readonly program: string;
}

/**
 * The batch script of a job array. It sets up what the profile says, starts `sfp slurm-task`, which decides everything, passes
 * Slurm's signal on to it, and has Slurm put the task back into the queue where the task says so. That alone stands here and not
 * in the task, because a container may have no Slurm in it. A task that was cancelled is completing then, and stays what it is.
 * Throws a UserError for texts that have no place in a script.
 */
export function batchScript(subject: ScriptSubject): string {
  const command = taskCommand(subject).map(([what, text]) => bashWord(text, what));
  return [
    // Only a login shell is certain to know modules.
    subject.profile.modules.length > 0 ? '#!/bin/bash -l' : '#!/bin/bash',
    '# A task of a job array of SFP Lab: trains the run that runs.json beside this script names for it.',
    ...subject.profile.modules.map((name) => `module load ${bashWord(name, 'A module of the profile')} || exit 1`),
    ...environmentOf(subject.profile).map(
      ([name, value]) => `export ${name}=${bashWord(value, `The variable ${name} of the profile`)}`,
    ),
    '',
    `${command.join(' ')} &`,
    afterStart,
  ].join('\n');
}

/** 143: the signal came before the task could take it. A signal ends bash's waiting, not the task. */
const afterStart = `task=$!
trap 'kill -TERM "$task" 2>/dev/null' TERM
while wait "$task"; code=$?; [ "$code" -gt 128 ] && kill -0 "$task" 2>/dev/null; do :; done
if [ "$code" -eq ${requeueCode} ] || [ "$code" -eq 143 ]; then
  self="\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
  case "$(squeue --noheader --jobs="$self" --format='%T|%r')" in
    'RUNNING|'* | *'|TimeLimit') exec scontrol requeue "$self" ;;
  esac
fi
exit "$code"
`;

function environmentOf({ environment, cache, scratch }: Profile): [string, string][] {
  return [
    ...(cache === undefined ? [] : [['SFP_LAB_CACHE', cache] as [string, string]]),
    ...(scratch === undefined ? [] : [['TMPDIR', scratch] as [string, string]]),
    ...Object.entries(environment),
  ];
}

/** The words of the command, each with what it is in a sentence. */
function taskCommand({ profile, folder, runsFolder, node, program }: ScriptSubject): [string, string][] {
  const { container } = profile;
  const task: [string, string][] = [
    ['The path of Node', profile.node ?? node],
    ['The path of SFP Lab', profile.program ?? program],
    ['The command', 'slurm-task'],
    ['The folder of the runs', folder],
  ];
  if (container === undefined) return task;
  // A comma or a colon would begin another folder.
  if (/[:,]/.test(runsFolder))
    throw new UserError(`${runsFolder} has a colon or comma in it, so that a container cannot be given this folder.`);
  return [
    ['The container program', container.program],
    ['The command', 'exec'],
    ...[runsFolder, ...container.binds].flatMap((bind): [string, string][] => [
      ['The option', '--bind'],
      ['A folder of the container', bind],
    ]),
    ...container.options.map((option): [string, string] => ['An option of the container', option]),
    ['The image of the container', container.image],
    ...task,
  ];
}
