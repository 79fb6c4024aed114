import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import type { Candidate, EngineSettings } from './candidates';
import { measuredRateSchema } from './measuredRate';
import type { Workload } from '../workload';

const measurementSchema = measuredRateSchema.extend({
  /** `tensorflow on the CPU`. */
  title: z.string(),
  network: z.string(),
  batchSize: z.int(),
  measured: z.string(),
});
export type Measurement = z.infer<typeof measurementSchema>;

/** Files of the first version do not tell whether the machine was busy, so they count as none. */
const formatVersion = 2;
const fileSchema = z.object({
  formatVersion: z.literal(formatVersion),
  byKey: z.record(z.string(), measurementSchema),
});
const mostKept = 200;

/** Rates that `auto` has measured on this machine, kept so that it need not measure again. */
export class Measurements {
  private constructor(
    private readonly file: string,
    private readonly byKey: Map<string, Measurement>,
  ) {}

  /** A file that is missing or damaged counts as empty: all in it can be measured again. */
  static async open(enginesFolder: string): Promise<Measurements> {
    const file = path.join(enginesFolder, 'measurements.json');
    const content: unknown = await readFile(file, 'utf8')
      .then(JSON.parse)
      .catch(() => null);
    const parsed = fileSchema.safeParse(content);
    return new Measurements(file, new Map(Object.entries(parsed.success ? parsed.data.byKey : {})));
  }

  /** The newest first. */
  get all(): Measurement[] {
    return [...this.byKey.values()].sort((a, b) => b.measured.localeCompare(a.measured));
  }

  get(key: string): Measurement | undefined {
    return this.byKey.get(key);
  }

  /** Forgets them all, in the file as well, and gives how many there were. */
  async forget(): Promise<number> {
    const count = this.byKey.size;
    await rm(this.file, { force: true });
    this.byKey.clear();
    return count;
  }

  /** Keeps it in the file as well; where that cannot be written the next run measures again. */
  async add(key: string, measurement: Measurement): Promise<void> {
    this.byKey.set(key, measurement);
    const newest = [...this.byKey].sort(([, a], [, b]) => b.measured.localeCompare(a.measured)).slice(0, mostKept);
    const text = JSON.stringify({ formatVersion, byKey: Object.fromEntries(newest) }, null, 2);
    try {
      await mkdir(path.dirname(this.file), { recursive: true });
      await writeFileAtomic(this.file, text);
    } catch {
      // A cache that cannot be written costs some seconds, no run.
    }
  }
}

/** Equal for measurements that would give the same rate: machine, engine, version, settings, network and batch size. */
export function measurementKey(
  { id, version }: Candidate,
  { threads, tf32 }: EngineSettings,
  { graph, batchSize }: Workload,
): string {
  const processors = cpus();
  const machine = [platform(), arch(), processors[0]?.model, processors.length];
  const facts = { machine, id, version, threads, tf32, layers: graph.layers, batchSize };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}
