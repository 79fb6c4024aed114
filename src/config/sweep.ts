import { seedPath } from './differences';
import { runConfigSchema, type Config, type RunConfig } from './schema';
import type { Combination, Sweep, SweepValue } from './sweepSchema';
import { sweptCount, sweptValues } from './sweptValues';

/** Folder names contain it, and some file systems end at 255 bytes. */
const longestName = 100;

/** What the runs of a config are called together: its name, or else `fallbackName` (the file's), in the letters names may have. */
export function experimentName(config: Config, fallbackName: string): string {
  if (config.name !== undefined) return config.name;
  const allowed = inNameLetters(fallbackName).replace(/^[^A-Za-z0-9]+/, '');
  return allowed.slice(0, 64) || 'experiment';
}

/**
 * The configs of the runs that a config stands for: every combination of the values of its sweep, the last setting changing fastest, but for
 * those that are excluded, then its points; each with as many seeds as it has repeats. One without a sweep.
 * Names are the experiment's, with a suffix of what differs (`resnet20-l1`, `resnet20-l1-seed2`).
 */
export function sweptConfigs(config: Config, fallbackName: string): RunConfig[] {
  const { model, data, training, pruning, engine, logs } = config;
  const base = { name: experimentName(config, fallbackName), model, data, training, pruning, engine, logs };
  const { sweep } = config;
  if (sweep === undefined) return [runConfigSchema.parse(base)];
  const runOf = (combination: Combination, differing: readonly string[]): RunConfig => {
    const suffixes = differing.map((path) => suffix(path, valueIn(combination, path, config)));
    const name = [base.name, ...suffixes].join('-').slice(0, longestName);
    const run = Object.entries(combination).reduce<object>((to, [path, value]) => withSetting(to, path, value), base);
    return runConfigSchema.parse({ ...run, name });
  };
  const grid = gridOf(config)
    .filter((combination) => !sweep.exclude.some((excluded) => hasValues(combination, excluded, config)))
    .map((combination) => runOf(combination, differingInGrid(sweep)));
  const points = pointsOf(config).map((point) => runOf(point, differingInPoint(sweep, point)));
  return [...grid, ...withoutDoubles(grid, points)];
}

/** Of how many combinations of the grid each exclusion is true, in their order, and how many are left by all of them. */
export function excludedCounts(config: Config): {
  readonly grid: number;
  readonly each: number[];
  readonly left: number;
} {
  const grid = gridOf(config);
  const excluded = (config.sweep?.exclude ?? []).map((values) =>
    grid.map((combination) => hasValues(combination, values, config)),
  );
  return {
    grid: grid.length,
    each: excluded.map((those) => those.filter(Boolean).length),
    left: grid.filter((_, index) => !excluded.some((those) => those[index])).length,
  };
}

/** A copy of nested settings with the one at a dotted path replaced. */
export function withSetting(settings: object, path: string, value: unknown): object {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length === 0) return { ...settings, [key]: value };
  const inner = (settings as Readonly<Record<string, unknown>>)[key];
  return { ...settings, [key]: withSetting(typeof inner === 'object' && inner ? inner : {}, rest.join('.'), value) };
}

/** The value at a dotted path of nested settings; undefined where there is none. */
export function settingAt(settings: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Readonly<Record<string, unknown>>)[key]
          : undefined,
      settings,
    );
}

/** All combinations of the settings and the seeds. Where there are points alone, they are all there is. */
function gridOf(config: Config): Combination[] {
  const { settings = {}, points = [] } = config.sweep ?? {};
  const axes = Object.entries(settings).map(([path, values]) => [path, sweptValues(path, values)] as const);
  return axes.length === 0 && points.length > 0 ? [] : combinations([...axes, ...seedAxis(config)]);
}

function pointsOf(config: Config): Combination[] {
  const seeds = combinations(seedAxis(config));
  return (config.sweep?.points ?? []).flatMap((point) => seeds.map((seeded) => ({ ...point, ...seeded })));
}

type Axis = readonly [path: string, values: readonly SweepValue[]];

function seedAxis({ sweep, training }: Config): Axis[] {
  const repeats = sweep?.repeats ?? 1;
  return repeats === 1 ? [] : [[seedPath, Array.from({ length: repeats }, (_, index) => training.seed + index)]];
}

function combinations(axes: readonly Axis[]): Combination[] {
  return axes.reduce<Combination[]>(
    (partial, [path, values]) =>
      partial.flatMap((combination) => values.map((value): Combination => ({ ...combination, [path]: value }))),
    [{}],
  );
}

function hasValues(combination: Combination, wanted: Combination, config: Config): boolean {
  return Object.entries(wanted).every(([path, value]) => valueIn(combination, path, config) === value);
}

/** What a combination does not name is as the config has it. */
function valueIn(combination: Combination, path: string, config: Config): SweepValue {
  return Object.hasOwn(combination, path) ? combination[path]! : (settingAt(config, path) as SweepValue);
}

function differingInGrid({ settings, repeats }: Sweep): string[] {
  const several = Object.entries(settings).filter(([, values]) => sweptCount(values) > 1);
  return [...several.map(([path]) => path), ...(repeats > 1 ? [seedPath] : [])];
}

/** The grid's settings too, so that a point is never called as a run of the grid that it is not. */
function differingInPoint({ settings, repeats }: Sweep, point: Combination): string[] {
  return [
    ...new Set([
      ...Object.keys(settings),
      ...Object.keys(point).filter((path) => path !== seedPath || repeats === 1),
      ...(repeats > 1 ? [seedPath] : []),
    ]),
  ];
}

/** The points that neither the grid has nor a point before them. */
function withoutDoubles(grid: readonly RunConfig[], points: readonly RunConfig[]): RunConfig[] {
  const known = new Set(grid.map(settingsText));
  return points.filter((point) => {
    const text = settingsText(point);
    if (known.has(text)) return false;
    known.add(text);
    return true;
  });
}

/** Equal for runs that differ in nothing but their names and what is written beside their record. */
export function settingsText(run: RunConfig): string {
  return JSON.stringify({ ...run, name: '', logs: null });
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
