import { seedPath } from './differences';
import { shortened, type ConfigDocument, type Finding } from './document';
import { configSchema } from './schema';
import { isNumber, isWholeNumber, pathInWords, sweepableSettings, type Setting, type SettingPath } from './settings';
import { withSetting } from './sweep';
import { mostRuns, rangeSchema, sweepWords, type Range } from './sweepSchema';
import { rangeValues } from './sweptValues';
import { inWords, suggestion, unknownKey, wrongValue } from './valueSentences';

/** Whether `sweepFindings` says what is wrong at this place: settings, and values of them, and not the words beside them. */
export function isJudgedInSweep(path: SettingPath): boolean {
  const [first, key] = path;
  if (first !== 'sweep' || path.length < 2) return false;
  return key === 'points' || key === 'exclude' ? path.length > 3 : key !== 'repeats';
}

/** Each value of a sweep must be allowed where it is put. */
export function sweepFindings(document: ConfigDocument): Finding[] {
  const sweep = document.valueAt(['sweep']);
  if (!isObject(sweep)) return [];
  const known = new Map(sweepableSettings().map((setting) => [setting.path, setting]));
  const words: readonly string[] = sweepWords;
  const written = Object.entries(sweep).filter(([key]) => !words.includes(key));
  const unknown = written
    .filter(([path]) => !known.has(path))
    .map(([path]) => document.keyFinding(['sweep', path], () => unknownSweep(path, knownLike(path, known.keys()))));
  const count = writtenCount(
    sweep,
    written.map(([, values]) => values),
  );
  // So many values are not looked at one by one.
  if (count > mostRuns) return [document.keyFinding(['sweep'], () => tooManyRuns(count)), ...unknown];
  return [
    ...unknown,
    ...written.flatMap(([path, values]) => {
      const setting = known.get(path);
      return setting ? settingFindings(document, setting, values) : [];
    }),
    ...(['points', 'exclude'] as const).flatMap((word) => combinationFindings(document, word, sweep[word], known)),
    ...seedFindings(document, sweep),
  ];
}

/** Settings have a dot and words have none: what was meant is most likely of the same kind. */
function knownLike(path: string, settings: Iterable<string>): string[] {
  return path.includes('.') ? [...settings] : [...sweepWords, ...settings];
}

/** How many runs there would be, of what can be counted; none is made for that. */
function writtenCount(sweep: Readonly<Record<string, unknown>>, settings: readonly unknown[]): number {
  const lengths = settings.map(lengthOf);
  const points = lengthOf(sweep.points);
  const product = lengths.reduce((all, length) => all * Math.max(1, length), 1);
  const repeats = typeof sweep.repeats === 'number' && sweep.repeats >= 1 ? sweep.repeats : 1;
  return ((settings.length === 0 && points > 0 ? 0 : product) + points) * repeats;
}

/** Of a list or a range; 0 for what is neither. */
function lengthOf(values: unknown): number {
  if (Array.isArray(values)) return values.length;
  return isObject(values) && typeof values.count === 'number' && values.count >= 1 ? values.count : 0;
}

function tooManyRuns(count: number): string {
  return `The sweep makes ${count > 1e9 ? 'billions of' : Math.ceil(count)} runs; it must make at most ${mostRuns}.`;
}

function settingFindings(document: ConfigDocument, setting: Setting, values: unknown): Finding[] {
  if (Array.isArray(values) && values.length > 0) return listFindings(document, setting.path, values);
  if (isObject(values) && isNumber(setting)) return rangeFindings(document, setting.path, values);
  const place = ['sweep', setting.path];
  return [document.valueFinding(place, () => noValues(setting, place, values))];
}

function noValues(setting: Setting, place: SettingPath, values: unknown): string {
  const range = isNumber(setting) ? ', or a range: { "from": …, "to": …, "count": … }' : '';
  return `${pathInWords(place)} is ${inWords(values)}; it must be a list of at least 1 value${range}.`;
}

function listFindings(document: ConfigDocument, path: string, values: readonly unknown[]): Finding[] {
  const before = new Set<unknown>();
  return values.flatMap((value, index) => {
    const place = ['sweep', path, index];
    if (before.has(value))
      return [
        document.valueFinding(place, () => `${path} is swept over ${inWords(value)} twice; leave one of them out.`),
      ];
    before.add(value);
    return unallowedValue(document, place, path, value);
  });
}

function rangeFindings(document: ConfigDocument, path: string, range: Readonly<Record<string, unknown>>): Finding[] {
  const place = ['sweep', path];
  const { data, error } = rangeSchema.safeParse(range);
  if (data) return spanFindings(document, path, data);
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => document.keyFinding([...place, key], () => unknownKey(place, key)));
    const inner = [...place, ...issue.path.map(String)];
    return [document.valueFinding(inner, () => wrongValue(inner, document.valueAt(inner), issue))];
  });
}

/** Of a range that is one: whether its values are different and allowed. */
function spanFindings(document: ConfigDocument, path: string, range: Range): Finding[] {
  const place = ['sweep', path];
  const ends = (['from', 'to'] as const).flatMap((end) => {
    if (range.scale === 'log' && range[end] <= 0)
      return [document.valueFinding([...place, end], () => notAboveZero(path, end, range[end]))];
    return unallowedValue(document, [...place, end], path, range[end]);
  });
  if (ends.length > 0) return ends;
  const values = rangeValues(range, isWholeNumber(path));
  const different = new Set(values).size;
  if (different < values.length)
    return [document.valueFinding([...place, 'count'], () => tooFine(path, different, range))];
  const wrong = values.map((value) => unallowedValue(document, place, path, value)).find(({ length }) => length > 0);
  return wrong ?? [];
}

function notAboveZero(path: string, end: 'from' | 'to', value: number): string {
  return `${pathInWords(['sweep', path, end])} is ${value}; it must be above 0, as equal factors never lead to 0: give another end, or leave "scale" out.`;
}

function tooFine(path: string, different: number, { from, to, count }: Range): string {
  const whole = isWholeNumber(path) ? ' whole' : '';
  return `${pathInWords(['sweep', path, 'count'])} is ${count}, but that gives only ${different} different${whole} ${different === 1 ? 'number' : 'numbers'} from ${from} to ${to}; take fewer.`;
}

/** The settings of points and exclusions. */
function combinationFindings(
  document: ConfigDocument,
  word: 'points' | 'exclude',
  list: unknown,
  known: ReadonlyMap<string, Setting>,
): Finding[] {
  // Longer ones are told of as a whole.
  if (!Array.isArray(list) || list.length > mostRuns) return [];
  return list.flatMap((combination: unknown, index) => {
    if (!isObject(combination)) return [];
    const place = ['sweep', word, index];
    const unknown = Object.keys(combination)
      .filter((path) => !known.has(path))
      .map((path) => document.keyFinding([...place, path], () => unknownSweep(path, [...known.keys()])));
    const settings = Object.entries(combination).filter(([path]) => known.has(path));
    return [...unknown, ...unallowedValues(document, place, settings)];
  });
}

/** Of all settings of a combination at once: they are whole leaves, so that none is in the way of another. */
function unallowedValues(
  document: ConfigDocument,
  place: SettingPath,
  settings: readonly (readonly [path: string, value: unknown])[],
): Finding[] {
  const nested = settings.reduce<object>((into, [path, value]) => withSetting(into, path, value), {});
  const issues = configSchema.safeParse(nested).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const setting = settings.find(([path]) => path.split('.').every((key, index) => issue.path[index] === key));
    if (setting === undefined) return [];
    const [path, value] = setting;
    return [document.valueFinding([...place, path], () => wrongValue(path.split('.'), value, issue))];
  });
}

function unallowedValue(document: ConfigDocument, place: SettingPath, path: string, value: unknown): Finding[] {
  const [issue] = configSchema.safeParse(withSetting({}, path, value)).error?.issues ?? [];
  return issue ? [document.valueFinding(place, () => wrongValue(path.split('.'), value, issue))] : [];
}

const largestSeed = 0xffffffff;

/** Repeats are seeds, which nothing else may try then. */
function seedFindings(document: ConfigDocument, sweep: Readonly<Record<string, unknown>>): Finding[] {
  const { repeats, points } = sweep;
  if (typeof repeats !== 'number' || repeats < 2) return [];
  const first = document.valueAt(['training', 'seed']) ?? 1;
  const sentence = `sweep.repeats is ${repeats}, and takes the seeds from training.seed on, so that training.seed can’t be tried beside it; leave one of them out.`;
  const inPoint = Array.isArray(points)
    ? points.findIndex((point) => isObject(point) && Object.hasOwn(point, seedPath))
    : -1;
  const place = ['sweep', 'repeats'];
  if (Object.hasOwn(sweep, seedPath)) return [document.valueFinding(place, sentence)];
  if (inPoint >= 0) return [document.keyFinding(['sweep', 'points', inPoint, seedPath], sentence)];
  if (typeof first === 'number' && first + repeats - 1 > largestSeed)
    return [
      document.valueFinding(
        place,
        `sweep.repeats is ${repeats}, but only ${largestSeed - first + 1} seeds are left from training.seed on, which is ${first}; take a lower seed.`,
      ),
    ];
  return [];
}

function unknownSweep(path: string, known: readonly string[]): string {
  return `Unknown setting "${shortened(path)}" in the sweep; ${suggestion(path, known)}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
