import * as z from 'zod';
import { isRunning, processSpace, thisProcess, type ProcessIdentity } from '../../base/processes';

/** What a lock file says of the process that made it. */
export const holderSchema = z.object({
  pid: z.int().min(1),
  host: z.string(),
  /** Where pids mean the same processes, where the system tells: `processSpace`. */
  space: z.string().optional(),
  /** Opaque mark of the start of the process, where the system tells. */
  started: z.string().optional(),
  /** ISO 8601, UTC. */
  since: z.string(),
  /** ISO 8601, UTC, when its holder offered it to the queue of the machine, which may take it from then on. */
  offered: z.string().optional(),
  /** ISO 8601, UTC, when it was given back; missing while it is held. */
  released: z.string().optional(),
});
export type Holder = z.infer<typeof holderSchema>;

/** This process as the holder of a lock, from now on. */
export async function thisHolder(): Promise<Holder> {
  const space = await processSpace();
  return { ...(await thisProcess()), ...(space !== null && { space }), since: new Date().toISOString() };
}

/** Whether the process of a holder runs; `unsure` where its pids are not this process's, as in another container. */
export async function isHolderRunning(holder: Holder, me: Holder): Promise<boolean | 'unsure'> {
  return haveSamePids(holder, me) ? isRunning(identityOf(holder)) : 'unsure';
}

/** Whether a holder is the process that started this one, which may take over what that one holds. */
export function isParent(holder: Holder, me: Holder): boolean {
  return holder.pid === process.ppid && haveSamePids(holder, me);
}

/** Two containers may have the same host name, and a host another name after a restart. */
function haveSamePids(one: Holder, other: Holder): boolean {
  return one.space === undefined && other.space === undefined ? one.host === other.host : one.space === other.space;
}

function identityOf({ pid, started }: Holder): ProcessIdentity {
  return { pid, ...(started !== undefined && { started }) };
}
