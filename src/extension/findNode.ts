import { execFile } from 'node:child_process';
import { UserError } from '../base/errors';

/** A Node that can run the training process, and what must be in its environment. */
export interface NodeRuntime {
  readonly path: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Candidate {
  readonly path: string;
  readonly from: string;
  readonly env: Readonly<Record<string, string>>;
}

const oldest = { major: 20, minor: 19 };

/**
 * The first Node that is new enough: `node` on the PATH, else the one inside VS Code. If the setting names a Node, only that
 * one is tried, because the user wants it. Throws a UserError that says what was tried and why it was not taken.
 */
export async function findNode(setting: string): Promise<NodeRuntime> {
  const attempts: string[] = [];
  for (const candidate of candidates(setting)) {
    const found = await versionOf(candidate);
    if (found.version && isNewEnough(found.version))
      return { path: candidate.path, version: found.version, env: candidate.env };
    attempts.push(`${candidate.from} (${found.version ? `Node ${found.version} is too old` : found.problem})`);
  }
  throw new UserError(
    `No Node ${oldest.major}.${oldest.minor} or newer was found to train with; tried ${attempts.join(', ')}: install Node or set sfpLab.nodePath.`,
  );
}

function candidates(setting: string): Candidate[] {
  if (setting) return [{ path: setting, from: `${setting} from the setting sfpLab.nodePath`, env: {} }];
  return [
    { path: 'node', from: 'node on the PATH', env: {} },
    // With this variable VS Code's Electron behaves as Node; the binary of a VS Code server is a plain Node.
    { path: process.execPath, from: `VS Code’s own ${process.execPath}`, env: { ELECTRON_RUN_AS_NODE: '1' } },
  ];
}

function versionOf({ path, env }: Candidate): Promise<{ version: string | null; problem: string }> {
  return new Promise((resolve) => {
    const options = { timeout: 10_000, env: { ...process.env, ...env } };
    execFile(path, ['-p', 'process.versions.node'], options, (error, stdout) => {
      const version = /^\d+\.\d+\.\d+/.exec(stdout.trim())?.[0] ?? null;
      resolve({ version, problem: error ? reasonOf(error) : 'it does not answer as Node does' });
    });
  });
}

function reasonOf(error: Error & { code?: string | number | null }): string {
  if (error.code === 'ENOENT') return 'not found';
  if (error.code === 'EACCES') return 'not executable';
  return error.message.split('\n')[0] ?? 'it cannot be started';
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}
