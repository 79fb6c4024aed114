import { access, constants, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheProblem, fileProblem } from '../base/fileProblem';
import { good, problem, type Finding, type Place } from './finding';
import { nearestFolder } from './nearestFolder';
import { runPermissionFindings } from './runPermissions';

/** Whether runs and cache can be written, found out by doing it where the folder is there already; and each run's folder. */
export async function permissionFindings({
  runsFolder,
  cache,
}: Pick<Place, 'runsFolder' | 'cache'>): Promise<Finding[]> {
  return [
    await writableFinding('The folder of the runs', runsFolder, (error) => fileProblem(error, runsFolder)),
    // What is wrong with the folder itself was told just now.
    ...(await runPermissionFindings(runsFolder).catch(() => [])),
    await writableFinding('The cache', cache, (error) => cacheProblem(error, cache) ?? error),
  ];
}

async function writableFinding(
  title: string,
  folder: string,
  explained: (error: unknown) => unknown,
): Promise<Finding> {
  try {
    const nearest = await nearestFolder(folder);
    if (nearest === folder) await tryWriting(folder);
    else await access(nearest, constants.W_OK);
    return good(nearest === folder ? `${title} can be written.` : `${title} is not there yet and can be made.`);
  } catch (error) {
    const why = explained(error);
    return problem(why instanceof Error ? why.message : String(why));
  }
}

async function tryWriting(folder: string): Promise<void> {
  // Folders of runs are found by their names; a file with a dot is none.
  const trial = join(folder, `.sfp-doctor-${process.pid}`);
  await writeFile(trial, '', { flag: 'wx' });
  await rm(trial, { force: true });
}
