import { access, constants, lstat } from 'node:fs/promises';
import { listRuns } from '../runs/folder/list';
import { good, remark, type Finding } from './finding';
import { namedRuns } from './namedRuns';

const mostTold = 5;

/** What the system tells of folders and of the user who asks. */
export interface Rights {
  /** The number of this user; undefined where the system has none, as on Windows. */
  readonly user: number | undefined;
  isWritable(folder: string): Promise<boolean>;
}

const rightsHere: Rights = {
  user: process.getuid?.(),
  isWritable: (folder) =>
    access(folder, constants.W_OK).then(
      () => true,
      () => false,
    ),
};

/** Which of the run folders cannot be written, or belong to somebody else, as after a training under `sudo` or in a container. */
export async function runPermissionFindings(runsFolder: string, rights = rightsHere): Promise<Finding[]> {
  const [closed, foreign]: [string[], string[]] = [[], []];
  let count = 0;
  for (const { id, folder } of await listRuns(runsFolder)) {
    const found = await lstat(folder).catch(() => null);
    // What is no folder of its own is told as a run that cannot be read.
    if (!found?.isDirectory()) continue;
    count += 1;
    if (!(await rights.isWritable(folder))) closed.push(id);
    else if (rights.user !== undefined && found.uid !== rights.user) foreign.push(id);
  }
  if (count === 0) return [];
  const findings = [
    ...(closed.length === 0 ? [] : [closedFinding(closed, runsFolder)]),
    ...(foreign.length === 0 ? [] : [foreignFinding(foreign, runsFolder)]),
  ];
  return findings.length > 0 ? findings : [good('All run folders can be written, and are yours.')];
}

function closedFinding(ids: readonly string[], runsFolder: string): Finding {
  return remark(
    `${folders(ids)} cannot be written, so that ${ids.length === 1 ? 'it' : 'they'} can only be looked at: ${namedRuns(ids, mostTold)}.`,
    `To train or delete them, give yourself the right to write in ${runsFolder} (\`chmod -R u+rwX\`), or ask their owner for it.`,
  );
}

function foreignFinding(ids: readonly string[], runsFolder: string): Finding {
  return remark(
    `${folders(ids)} ${ids.length === 1 ? 'belongs' : 'belong'} to another user: ${namedRuns(ids, mostTold)}.`,
    `If one of them cannot go on, files in it are closed to you: take it over (\`sudo chown -R\` in ${runsFolder}), or copy it.`,
  );
}

function folders(ids: readonly string[]): string {
  return ids.length === 1 ? 'The folder of a run' : `The folders of ${ids.length} runs`;
}
