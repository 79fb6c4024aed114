import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunManifest } from '../model/format';

const run = promisify(execFile);

/** Optional locks would get in the way of the user's own git; a monitor is a program that the settings of a repository name. */
const careful = ['--no-optional-locks', '-c', 'core.fsmonitor=false'];

/** What a repository lacks it may tell git to fetch, by a program of its choice: nothing is fetched by any protocol. */
const fetchNothing = { GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' };

/** Settings of the user, which name programs that the user has chosen; all others come with the repository. */
const ownScopes: readonly string[] = ['system', 'global', 'command'];

/**
 * The commit that a folder is at and whether tracked files differ from it; null outside a git repository or without git. The
 * repository may be a stranger's: no program that it names is started. So its own filters are left out, by which a file that
 * was touched since its checkout counts as changed, and what is inside of submodules does not count.
 */
export async function gitState(folder: string): Promise<RunManifest['git']> {
  const options = { cwd: folder, timeout: 10_000, windowsHide: true, env: { ...process.env, ...fetchNothing } };
  const git = async (...args: string[]) => (await run('git', [...careful, ...args], options)).stdout;
  try {
    const commit = (await git('rev-parse', '--verify', 'HEAD')).trim();
    const withoutFilters = (await filtersOfRepository(git)).flatMap(emptied);
    const changes = await git(
      ...withoutFilters,
      ...['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=dirty'],
    );
    return { commit, dirty: changes.trim() !== '' };
  } catch {
    return null;
  }
}

/** The names of the filters that the settings of the repository define, which are programs that a status would start. */
async function filtersOfRepository(git: (...args: string[]) => Promise<string>): Promise<string[]> {
  const told = (await git('config', '--list', '--show-scope', '--null', '--name-only')).split('\0');
  const names = told.flatMap((key, index) => {
    const isForeign = index % 2 === 1 && !ownScopes.includes(told[index - 1]!);
    return isForeign ? (/^filter\.(.*)\.[^.]*$/s.exec(key)?.[1] ?? []) : [];
  });
  return [...new Set(names)];
}

/** Options that take a filter's programs away. Throws an Error for a name that an option cannot hold; none has one in earnest. */
function emptied(filter: string): string[] {
  if (/[=\n]/.test(filter)) throw new Error(`The filter ${filter} cannot be left out.`);
  return [`filter.${filter}.clean=`, `filter.${filter}.process=`, `filter.${filter}.required=false`].flatMap(
    (setting) => ['-c', setting],
  );
}
