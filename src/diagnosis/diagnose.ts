import { datasetFindings } from './datasets';
import { diskFindings } from './disk';
import { engineFindings } from './engines';
import { problem, subjects, type Finding, type Place, type Subject, type SubjectFinding } from './finding';
import { gpuFindings } from './gpu';
import { lockFindings } from './locks';
import { nodeFindings } from './nodeVersion';
import { permissionFindings } from './permissions';
import { runFindings } from './recentRuns';
import { theseSurroundings, withoutSecrets } from './withoutSecrets';

type Checks = Readonly<Record<Subject, (place: Place) => readonly Finding[] | Promise<readonly Finding[]>>>;

const allChecks: Checks = {
  node: () => nodeFindings(),
  engines: (place) => engineFindings(place),
  gpu: (place) => gpuFindings(place),
  disk: (place) => diskFindings(place),
  data: (place) => datasetFindings(place),
  permissions: permissionFindings,
  locks: lockFindings,
  runs: runFindings,
};

/**
 * Looks at everything that training needs, one thing after another, and tells what it finds as it finds it, without secrets.
 * What cannot be looked at is a problem of its own and does not keep the others from being looked at.
 */
export async function* diagnose(place: Place, checks: Checks = allChecks): AsyncGenerator<SubjectFinding> {
  const surroundings = theseSurroundings();
  const publicly = (text: string): string => withoutSecrets(text, surroundings);
  for (const subject of subjects) {
    for (const { verdict, what, remedy } of await guarded(() => checks[subject](place), place.signal))
      yield { subject, verdict, what: publicly(what), remedy: remedy === null ? null : publicly(remedy) };
  }
}

async function guarded(
  check: () => readonly Finding[] | Promise<readonly Finding[]>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    signal.throwIfAborted();
    return [problem(error instanceof Error ? error.message : String(error))];
  }
}
