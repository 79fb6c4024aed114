import type * as z from 'zod';
import { UserError } from '../../base/errors';
import { setUpLineSchema } from '../commandOutput';
import type { NodeRuntime } from '../findNode';
import { runJsonCommand } from '../jsonCommand';

type Line = z.infer<typeof setUpLineSchema>;

/** A step of the set-up, and how many percent of it are done, where that is known. */
export interface SetUpStep {
  readonly title: string;
  readonly percent: number | null;
}

export interface SetUpProcessOptions {
  readonly node: NodeRuntime;
  /** `dist/cli.js`. */
  readonly script: string;
  /** The folder whose npm settings are used; not the workspace, whose settings may not be trusted. */
  readonly cwd: string;
  readonly gpu: boolean;
  /** Replaces an existing installation. */
  readonly force: boolean;
  /** A wheel or an archive; undefined for the usual sources. */
  readonly from?: string | undefined;
  /** Aborted to cancel: the process then removes what it has begun, and ends. */
  readonly signal: AbortSignal;
  readonly onStep: (step: SetUpStep) => void;
  /** Something worth a line in a log. */
  readonly onNote: (note: string) => void;
}

/**
 * Sets up TensorFlow in a process of its own and returns its version, or null when it was cancelled.
 * When it failed, throws a UserError with the message of the process and the log file that the message names.
 */
export async function runSetUp(options: SetUpProcessOptions): Promise<string | null> {
  const { node, script, cwd, signal } = options;
  let version: string | null = null;
  const { problem, complaint } = await runJsonCommand({
    node,
    script,
    args: argumentsOf(options),
    cwd,
    signal,
    onLine: (value) => {
      const line = setUpLineSchema.safeParse(value).data;
      if (line?.type === 'done') version = line.tensorflowVersion;
      else if (line) tellProgress(line, options);
    },
  });
  if (problem === null) return version;
  if (signal.aborted) return null;
  const sentence = complaint || `The set-up of TensorFlow ended without a word (${problem}).`;
  const log = /the log is (.+\.log)\.$/.exec(sentence)?.[1];
  throw new UserError(sentence, log === undefined ? {} : { file: log });
}

function argumentsOf({ gpu, force, from }: SetUpProcessOptions): string[] {
  const chosen = [
    ...(gpu ? ['--gpu'] : []),
    ...(force ? ['--force'] : []),
    ...(from === undefined ? [] : ['--from', from]),
  ];
  return ['engines', 'setup', '--json', ...chosen];
}

function tellProgress(line: Line & { type: 'progress' }, { onStep, onNote }: SetUpProcessOptions): void {
  const { phase, source, bytes, total, note } = line;
  if (note !== undefined) onNote(note);
  if (phase === '') return;
  onStep({ title: `${phase} ${source}`, percent: total > 0 ? Math.floor((100 * bytes) / total) : null });
}
