import type { Slots } from '../queue';

/** What a run needs of the machine. */
export type Need =
  /** So many threads, beside at most so many runs in all. */
  | { readonly kind: 'cpu'; readonly atOnce: number; readonly threads: number }
  /** One of these devices, by the names that CUDA_VISIBLE_DEVICES has for them; one without names is the only one. */
  | { readonly kind: 'gpu'; readonly devices: readonly (string | null)[] };

/** What a run that trains has. */
export interface Taken {
  readonly threads: number;
  /** Null where it does not compute on a GPU that has a name. */
  readonly device: string | null;
  readonly onGpu: boolean;
}

export interface Machine {
  readonly cores: number;
  readonly taken: readonly Taken[];
  /** What the user wants instead. */
  readonly slots: Slots | null;
}

/**
 * The part of the machine that a run gets beside those that train; null where it has to wait. On CPUs, threads are not given
 * twice unless the user wants so many; on GPUs, each device has one run. A machine on which nothing trains always has a part.
 */
export function placeFor(need: Need, machine: Machine): Taken | null {
  if (need.kind === 'gpu') return deviceFor(need.devices, machine);
  const { cores, taken, slots } = machine;
  const place = { threads: slots ? threadsOf(slots, cores) : need.threads, device: null, onGpu: false };
  if (taken.length === 0) return place;
  if (slots !== null) return taken.length < slots.runs ? place : null;
  const used = taken.reduce((sum, { threads }) => sum + threads, 0);
  return taken.length < need.atOnce && used + need.threads <= cores ? place : null;
}

/** The least used device; the user may want several runs on each. */
function deviceFor(devices: readonly (string | null)[], { taken, slots }: Machine): Taken | null {
  const onGpus = taken.filter(({ onGpu }) => onGpu);
  if (onGpus.length >= (slots?.runs ?? devices.length)) return null;
  const uses = devices.map((device) => onGpus.filter((each) => each.device === device).length);
  const device = devices[uses.indexOf(Math.min(...uses))] ?? null;
  return { threads: 1, device, onGpu: true };
}

/** Of each run where the user has said how many at once. */
export function threadsOf({ runs, threads }: Slots, cores: number): number {
  return threads ?? Math.max(1, Math.floor(cores / runs));
}
