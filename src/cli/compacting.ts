import { compactRun } from '../analysis/compactRun';
import type { Certificate } from '../runs/model/certificate';
import { colours, note, printJson } from './terminal';

/** How steps are told: as notes, as lines of JSON, or not at all. */
export type StepsAs = 'notes' | 'json' | 'nothing';

/** Makes and certifies the compact network of the run in a folder; null when Ctrl-C stopped it, which leaves the old one. */
export async function compactUntilStopped(folder: string, steps: StepsAs): Promise<Certificate | null> {
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort(new Error('Stopped; the compact network is as it was before.'));
  };
  process.once('SIGINT', abort);
  try {
    return await compactRun(folder, { signal: stop.signal, onProgress: teller(steps) });
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    note(stop.signal.reason instanceof Error ? stop.signal.reason.message : '');
    return null;
  } finally {
    process.off('SIGINT', abort);
  }
}

function teller(steps: StepsAs): (what: string) => void {
  let told = '';
  return (what) => {
    if (what === told) return;
    told = what;
    if (steps === 'notes') note(colours(process.stderr).dim(`${what} …`));
    else if (steps === 'json') printJson({ type: 'progress', step: what });
  };
}
