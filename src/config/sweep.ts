import { runConfigSchema, type Config, type RunConfig } from './schema';

type Sweep = NonNullable<Config['sweep']>;
type SweepValue = Sweep[string][number];

/** Folder names contain it, and some file systems end at 255 bytes. */
const longestName = 100;

/** What the runs of a config are called together: its name, or else `fallbackName` (the file's), in the letters names may have. */
export function experimentName(config: Config, fallbackName: string): string {
  if (config.name !== undefined) return config.name;
  const allowed = inNameLetters(fallbackName).replace(/^[^A-Za-z0-9]+/, '');
  return allowed.slice(0, 64) || 'experiment';
}

/**
 * The configs of the runs that a config stands for: every combination of the values of its sweep, the last setting changing fastest, or one without a sweep.
 * Names are the experiment's, with a suffix of what differs (`resnet20-l1`, `resnet20-l1-seed2`).
 */
export function sweptConfigs(config: Config, fallbackName: string): RunConfig[] {
  const sweep = config.sweep ?? {};
  const { model, data, training, pruning, engine } = config;
  const base = { name: experimentName(config, fallbackName), model, data, training, pruning, engine };
  return combinations(sweep).map((combination) => {
    const differing = combination.filter(([path]) => (sweep[path]?.length ?? 0) > 1);
    const name = [base.name, ...differing.map(([path, value]) => suffix(path, value))].join('-').slice(0, longestName);
    const run = combination.reduce<object>((partial, [path, value]) => withSetting(partial, path, value), base);
    return runConfigSchema.parse({ ...run, name });
  });
}

/** How many runs a sweep stands for. */
export function combinationCount(sweep: Readonly<Record<string, readonly unknown[]>> | undefined): number {
  return Object.values(sweep ?? {}).reduce((product, values) => product * values.length, 1);
}

/** A copy of nested settings with the one at a dotted path replaced. */
export function withSetting(settings: object, path: string, value: unknown): object {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length === 0) return { ...settings, [key]: value };
  const inner = (settings as Readonly<Record<string, unknown>>)[key];
  return { ...settings, [key]: withSetting(typeof inner === 'object' && inner ? inner : {}, rest.join('.'), value) };
}

function combinations(sweep: Sweep): [path: string, value: SweepValue][][] {
  return Object.entries(sweep).reduce<[string, SweepValue][][]>(
    (partial, [path, values]) =>
      partial.flatMap((combination) => values.map((value): [string, SweepValue][] => [...combination, [path, value]])),
    [[]],
  );
}

/** Words speak for themselves (`l1`), numbers need the name of what they are (`seed2`). */
function suffix(path: string, value: SweepValue): string {
  if (typeof value === 'string') return inNameLetters(value);
  const setting = path.slice(path.lastIndexOf('.') + 1);
  return typeof value === 'number' ? `${setting}${value}` : `${setting}-${value}`;
}

/** A text in the letters that names may have; what is left may still be empty, or begin with a dot. */
export function inNameLetters(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-');
}
