import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { UserError } from '../../base/errors';
import type { NodeRuntime } from '../findNode';

/** A line of `sfp engines setup --json`. */
const lineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.string(),
    source: z.string(),
    bytes: z.number(),
    total: z.number(),
    note: z.string().optional(),
  }),
  z.object({ type: z.literal('done'), tensorflowVersion: z.string() }),
]);
type Line = z.infer<typeof lineSchema>;

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
  const { node, cwd, signal } = options;
  const env = { ...process.env, ...node.env };
  const child = spawn(node.path, argumentsOf(options), {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const cancel = (): void => {
    child.kill('SIGINT');
  };
  signal.addEventListener('abort', cancel);
  let version: string | null = null;
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text);
    if (line?.type === 'done') version = line.tensorflowVersion;
    else if (line) tellProgress(line, options);
  });
  const problem = await new Promise<string | null>((resolve) => {
    child.once('error', ({ message }) => {
      resolve(message);
    });
    child.once('close', (code, endedBy) => {
      resolve(code === 0 ? null : (endedBy ?? `code ${code}`));
    });
    if (signal.aborted) cancel();
  });
  signal.removeEventListener('abort', cancel);
  if (problem === null) return version;
  if (signal.aborted) return null;
  const sentence = complaint.trim() || `The set-up of TensorFlow ended without a word (${problem}).`;
  const log = /the log is (.+\.log)\.$/.exec(sentence)?.[1];
  throw new UserError(sentence, log === undefined ? {} : { file: log });
}

function argumentsOf({ script, gpu, force, from }: SetUpProcessOptions): string[] {
  const chosen = [
    ...(gpu ? ['--gpu'] : []),
    ...(force ? ['--force'] : []),
    ...(from === undefined ? [] : ['--from', from]),
  ];
  return [script, 'engines', 'setup', '--json', ...chosen];
}

/** Null for a line of another form. */
function parseLine(text: string): Line | null {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function tellProgress(line: Line & { type: 'progress' }, { onStep, onNote }: SetUpProcessOptions): void {
  const { phase, source, bytes, total, note } = line;
  if (note !== undefined) onNote(note);
  if (phase === '') return;
  onStep({ title: `${phase} ${source}`, percent: total > 0 ? Math.floor((100 * bytes) / total) : null });
}
