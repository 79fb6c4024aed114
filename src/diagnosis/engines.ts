import { join } from 'node:path';
import { findCandidates, type Candidate } from '../engines/choice/candidates';
import { checkInIsolation } from '../engines/choice/isolatedMeasurement';
import { absent, good, problem, remark, type Finding, type Place } from './finding';

/** A driver may compile for minutes what it sees for the first time; whoever asks for a diagnosis does not wait for that. */
const patience = 90_000;

/** Gives the versions of an engine's libraries, or throws an Error that says why it does not train. */
type Check = (id: string, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
type Engine = Pick<Candidate, 'id' | 'title' | 'available' | 'reason'>;

/**
 * Which engines really train: each that is set up makes a training step in a process of its own, as a native library that does
 * not fit this machine takes its process along. Without onnxruntime, which all others are compared with, nothing is trained.
 */
export async function engineFindings(
  { cache, signal }: Pick<Place, 'cache' | 'signal'>,
  check: Check = checkIn(cache),
  find: () => Promise<readonly Engine[]> = () => findCandidates({ enginesFolder: join(cache, 'engines') }),
): Promise<Finding[]> {
  const always = { id: 'onnxruntime/cpu', title: 'onnxruntime on the CPU' };
  const first = await tried(always, check, signal);
  if (first.verdict !== 'good')
    return [
      problem(first.what, 'Install SFP Lab again (`npm ci` in its folder), on a system that docs/engines.md names.'),
    ];
  const findings = [first];
  for (const candidate of await find())
    if (candidate.id !== always.id)
      findings.push(
        candidate.available
          ? await tried(candidate, check, signal)
          : absent(`${candidate.title} is not used. ${candidate.reason}`),
      );
  return findings;
}

async function tried({ id, title }: Pick<Engine, 'id' | 'title'>, check: Check, signal: AbortSignal): Promise<Finding> {
  const late = AbortSignal.timeout(patience);
  try {
    const versions = await check(id, AbortSignal.any([signal, late]));
    const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return good(`${title} trains rightly (${named.join(', ')}).`);
  } catch (error) {
    signal.throwIfAborted();
    const why = late.aborted ? `no answer within ${patience / 1000} seconds` : reasonOf(error);
    return remark(`${title} does not work: ${why.replace(/\.$/, '')}.`, remedies[id.split('/')[0] ?? ''] ?? null);
  }
}

const remedies: Readonly<Record<string, string>> = {
  tensorflow:
    'Set it up again with `sfp engines setup --force` (and `--gpu`), or do without: `auto` takes another engine.',
};

function checkIn(cache: string): Check {
  const settings = { threads: null, tf32: false, enginesFolder: join(cache, 'engines') };
  return (id, signal) => checkInIsolation(id, settings, signal);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
