import type { RunConfig } from './schema';

/** A setting that is not the same in all of some configs. */
export interface Difference {
  /** Dotted, as in a sweep: `pruning.criterion`. */
  readonly path: string;
  /** One value for each config, in their order. */
  readonly values: readonly unknown[];
}

/** What tells repeats of the same settings apart. */
export const seedPath = 'training.seed';

/** The same differences, that of the seed at the end: it says least. */
export function seedLast(differences: readonly Difference[]): Difference[] {
  const isSeed = ({ path }: Difference): boolean => path === seedPath;
  return [...differences.filter((each) => !isSeed(each)), ...differences.filter(isSeed)];
}

/** What differs between configs, in the order of the schema; names and logs are left out. */
export function configDifferences(configs: readonly RunConfig[]): Difference[] {
  const settings = configs.map(configSettings);
  const paths = new Set(settings.flatMap((setting) => [...setting.keys()]));
  return [...paths]
    .map((path) => ({ path, values: settings.map((setting) => setting.get(path)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

/** All settings of a config that decide what is trained, by their dotted paths, in the order of the schema; not the name. */
export function configSettings(config: RunConfig): ReadonlyMap<string, unknown> {
  return new Map(leaves('', config).filter(([path]) => path !== 'name' && !path.startsWith('logs.')));
}

/** Lists, and rates by layer, are one setting each: told apart they would mean nothing. */
const whole = new Set(['pruning.layers', 'training.learningRateSchedule', 'data.classNames', 'data.mean', 'data.std']);

function leaves(path: string, value: unknown): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null || whole.has(path)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(path === '' ? key : `${path}.${key}`, inner));
}
