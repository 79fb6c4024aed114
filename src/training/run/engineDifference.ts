import type { RunManifest } from '../../runs/model/format';

type RunEngine = NonNullable<RunManifest['engine']>;

/** What differs between the engine that a run was trained with so far and the one it goes on with; null where nothing does. */
export function engineDifference(before: RunEngine | null, now: RunEngine): string | null {
  if (before === null) return null;
  const differences = [
    ...(before.name === now.name ? [] : [`engine ${before.name}, now ${now.name}`]),
    ...(before.device === now.device ? [] : [`device ${before.device}, now ${now.device}`]),
    ...(before.name === now.name ? versionDifferences(before.versions, now.versions) : []),
  ];
  if (differences.length === 0) return null;
  return `Until now the run was trained otherwise: ${differences.join('; ')}. From here on its numbers are not those of a run without a break.`;
}

function versionDifferences(before: RunEngine['versions'], now: RunEngine['versions']): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name} ${before[name] ?? 'none'}, now ${now[name] ?? 'none'}`);
}
