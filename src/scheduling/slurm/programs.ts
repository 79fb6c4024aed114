import { UserError } from '../../base/errors';
import { runChild } from '../../base/childProcess';
import { visibleText } from '../../base/visibleText';

/** Slurm's own commands give up after some ten seconds of silence, and try again a few times. */
const usualPatience = 45_000;

/** Of a hundred thousand tasks; more is not read. */
const mostCharacters = 32 * 2 ** 20;

export type SlurmProgram = 'sbatch' | 'squeue' | 'sacct' | 'scancel';

/** What a command of Slurm printed, or what it complained about. */
export interface SlurmAnswer {
  readonly output: string;
  /** On one line; null when it did what it was asked. */
  readonly complaint: string | null;
}

/** Slurm did not answer in time: what it was asked to do may be done or not. */
export class SlurmSilent extends UserError {
  override readonly name = 'SlurmSilent';
}

/** This machine has no such command. */
export class SlurmMissing extends UserError {
  override readonly name = 'SlurmMissing';
}

/** Runs a command of Slurm, without a shell. Throws a `SlurmMissing` where there is none, and a `SlurmSilent` after a while. */
export async function callSlurm(
  program: SlurmProgram,
  args: readonly string[],
  patience = usualPatience,
): Promise<SlurmAnswer> {
  // Its messages are told apart by their words.
  const env = { LC_ALL: 'C', SLURM_TIME_FORMAT: 'standard' };
  const ended = await runChild(program, args, { env, patience, keptCharacters: mostCharacters });
  if (!ended.started)
    throw new SlurmMissing(
      `Slurm's command ${program} cannot be started on this machine (${ended.problem ?? 'not found'}); it is there on the login nodes of a cluster.`,
    );
  const complaint = visibleText(ended.stderr.trim().split('\n').slice(-3).join(' ').slice(0, 1000));
  if (ended.endedBy === 'SIGKILL' || isSilence(complaint))
    throw new SlurmSilent(`Slurm does not answer (${program}${complaint === '' ? '' : `: ${complaint}`}).`);
  return {
    output: ended.stdout,
    complaint: ended.problem === null ? null : complaint || `${program} ${ended.problem}`,
  };
}

function isSilence(complaint: string): boolean {
  return /unable to contact slurm controller|socket timed out|connection (?:refused|failure|timed out)/i.test(
    complaint,
  );
}
