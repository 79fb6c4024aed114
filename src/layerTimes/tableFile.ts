import { mkdir, readFile, stat } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { enginesFolder } from '../base/cacheFolder';
import { timeTableSchema, type Conditions, type TimeTable } from './timeTable';

const formatVersion = 1;
const fileSchema = z.object({ formatVersion: z.literal(formatVersion), tables: z.array(timeTableSchema).max(100) });
const mostKept = 20;
/** A table of a large network has some hundred kilobytes. */
const mostBytes = 64 * 2 ** 20;

/** Linux x64, 8 × the processor: what a table's times hold for. */
export function machineText(): string {
  const processors = cpus();
  return `${platform()} ${arch()}, ${processors.length} × ${processors[0]?.model.trim() ?? 'processor'}`;
}

function fileOf(folder: string): string {
  return path.join(folder, 'layerTimes.json');
}

/** The tables that are kept in the cache, the newest first; a file that is missing or damaged counts as none. */
export async function keptTables(folder = enginesFolder()): Promise<TimeTable[]> {
  const file = fileOf(folder);
  try {
    return (await stat(file)).size > mostBytes ? [] : tablesIn(await readFile(file, 'utf8'));
  } catch {
    return [];
  }
}

function tablesIn(text: string): TimeTable[] {
  const parsed = fileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return [];
  return parsed.data.tables.toSorted((a, b) => b.measured.localeCompare(a.measured));
}

/** Keeps a table instead of the one of the same conditions; where that cannot be written it is measured again. */
export async function keepTable(table: TimeTable, folder = enginesFolder()): Promise<void> {
  const others = (await keptTables(folder)).filter(({ conditions }) => !isSame(conditions, table.conditions));
  const text = JSON.stringify({ formatVersion, tables: [table, ...others].slice(0, mostKept) });
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomic(fileOf(folder), text);
  } catch {
    // A cache that cannot be written costs a minute, no run.
  }
}

/** Whether times of one hold for the other. */
export function isSame(one: Conditions, other: Conditions): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder({ machine, onnxruntime, node, threads, batchSize }: Conditions) {
  return [machine, onnxruntime, node, threads, batchSize];
}

/**
 * What forecasts and targets of time are of. On one thread times depend least on what else runs, and those of 64 images add up
 * better than those of one: what is between the layers counts less, and nothing but the layers fits into the caches.
 */
export const forecastConditions = { threads: 1, batchSize: 64 } as const;

/** The newest table of this machine for forecasts, whatever versions it was measured with; null when there is none. */
export function forecastTable(tables: readonly TimeTable[]): TimeTable | null {
  const { threads, batchSize } = forecastConditions;
  const machine = machineText();
  const fits = ({ conditions }: TimeTable): boolean =>
    conditions.machine === machine && conditions.threads === threads && conditions.batchSize === batchSize;
  return tables.find(fits) ?? null;
}
