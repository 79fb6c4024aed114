import type { InstallationRecord } from '../installation';
import type { NpmPrograms } from './npmPrograms';
import type { NvidiaGpu } from './nvidiaGpu';
import type { OnProgress } from './progress';

/** One set-up under way, in a folder that is gone when it fails. */
export interface Site {
  readonly kind: 'cpu' | 'gpu';
  /** The GPU it is for. */
  readonly gpu: NvidiaGpu | null;
  readonly packageName: InstallationRecord['package'];
  /** What becomes the installation. */
  readonly folder: string;
  readonly packageFolder: string;
  /** Where the package wants the C library and its headers. */
  readonly deps: string;
  /** Outlives a failure, so that a broken-off download can go on. */
  readonly downloads: string;
  /** All that the programs say. */
  readonly log: string;
  readonly npm: NpmPrograms;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** A step of which it is not known how long it takes. */
export function tellStep({ onProgress }: Pick<Site, 'onProgress'>, phase: string, source: string): void {
  onProgress({ phase, source, bytes: 0, total: 0 });
}

/** Something worth a line. */
export function tellNote({ onProgress }: Pick<Site, 'onProgress'>, note: string): void {
  onProgress({ phase: '', source: '', bytes: 0, total: 0, note });
}
