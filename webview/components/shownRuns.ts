import type { HostMessage, NetworkMessage } from '../../src/protocol/messages';
import { advance, type RunHistory } from '../../src/runs/model/history';

export interface ShownRun extends RunHistory {
  /** Whether older records are still on their way; until then their prunings have none, and nothing is damaged. */
  readonly awaitsRecords: boolean;
  /** Null until it has come, and for ever outside the side bar. */
  readonly network: NetworkMessage['network'] | null;
}

/** The shown runs after a message; null as long as there was none that began with all of them. */
export function received(runs: readonly ShownRun[] | null, message: HostMessage): readonly ShownRun[] | null {
  switch (message.type) {
    case 'runs':
      return message.runs.map((run) => {
        const awaitsRecords = message.awaited.includes(run.manifest.id);
        return { ...run, awaitsRecords, network: null };
      });
    case 'update':
      return changed(runs, message.delta.id, (run) => ({ ...run, ...advance(run, message.delta) }));
    case 'records':
      return changed(runs, message.id, (run) => withRecords(run, message));
    case 'network':
      return changed(runs, message.id, (run) => ({ ...run, network: message.network }));
    case 'reveal':
      return runs;
  }
}

function withRecords(run: ShownRun, { id, records, isLast }: Extract<HostMessage, { type: 'records' }>): ShownRun {
  const { manifest, status } = run;
  const grown = advance(run, { id, manifest, status, events: [], records });
  return { ...run, ...grown, awaitsRecords: !isLast };
}

function changed(
  runs: readonly ShownRun[] | null,
  id: string,
  change: (run: ShownRun) => ShownRun,
): readonly ShownRun[] | null {
  return runs?.map((run) => (run.manifest.id === id ? change(run) : run)) ?? null;
}
