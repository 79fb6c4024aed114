import { posix, win32 } from 'node:path';
import { lastPart } from '../../config/lastPart';
import type { RunConfig } from '../../config/schema';
import type { RunHistory } from '../../runs/model/history';

/**
 * The same runs, of whose configs no setting says where on a machine a file is: of absolute paths the last part is left, and
 * different ones that end alike are numbered, so that settings that differ stay different.
 */
export function placelessRuns(runs: readonly RunHistory[]): RunHistory[] {
  const names = new Map<string, string>();
  const placeless = (_: string, value: unknown): unknown =>
    typeof value === 'string' && isPlace(value) ? nameOf(value, names) : value;
  return runs.map((run) => {
    const config = JSON.parse(JSON.stringify(run.manifest.config, placeless)) as RunConfig;
    return { ...run, manifest: { ...run.manifest, config } };
  });
}

function isPlace(text: string): boolean {
  return posix.isAbsolute(text) || win32.isAbsolute(text);
}

function nameOf(path: string, names: Map<string, string>): string {
  const known = names.get(path);
  if (known !== undefined) return known;
  const last = `…/${lastPart(path)}`;
  const alike = [...names.values()].filter((name) => name === last || name.startsWith(`${last} (`)).length;
  const name = alike === 0 ? last : `${last} (${alike + 1})`;
  names.set(path, name);
  return name;
}
