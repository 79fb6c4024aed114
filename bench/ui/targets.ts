import { median } from '../subject';

/** What is measured, with its values of all rounds. */
export type Measured = ReadonlyMap<string, readonly number[]>;

/** Subjects and figures that a target is about. */
export const subjects = {
  activation: 'activation',
  small: '2 x ResNet-20, 12 epochs',
  big: '2 x ResNet-110, 200 epochs',
  long: '50,000 prunings of a ResNet-20',
} as const;

export const figures = {
  activation: 'module and activate, processor time, ms',
  filters: 'filters after the click, ms',
  scrubbing: 'frame while scrubbing, processor time of the page, ms',
  live: 'live event on the screen, ms',
  longestWork: 'longest task of the page, processor time, ms',
} as const;

interface Target {
  readonly what: string;
  /** At most so much. */
  readonly most: number;
  readonly values: (measured: Measured) => readonly number[];
}

const valuesOf =
  (subject: keyof typeof subjects, figure: keyof typeof figures) =>
  (measured: Measured): readonly number[] =>
    measured.get(`${subjects[subject]}: ${figures[figure]}`) ?? [];

const targets: readonly Target[] = [
  { what: 'activation', most: 60, values: valuesOf('activation', 'activation') },
  { what: 'frame while scrubbing', most: 1000 / 60, values: valuesOf('big', 'scrubbing') },
  { what: 'live event', most: 100, values: valuesOf('big', 'live') },
  { what: 'longest task at 50,000 prunings', most: 100, values: valuesOf('long', 'longestWork') },
  {
    what: 'filters of the big dashboard, after those of the small one',
    most: 500,
    values: (measured) => {
      const small = valuesOf('small', 'filters')(measured);
      return valuesOf('big', 'filters')(measured).map((value, round) => value - (small[round] ?? NaN));
    },
  },
];

/** One line a target: whether it is reached by the median, by the lowest value only, or not. */
export function judged(measured: Measured): string[] {
  return targets.map(({ what, most, values }) => {
    const found = values(measured);
    const [middle, lowest] = [median([...found]), Math.min(...found)];
    const verdict = middle <= most ? 'reached' : lowest <= most ? 'reached by the lowest only' : 'not reached';
    const limit = most.toFixed(most < 30 ? 1 : 0);
    return `${what}: ${middle.toFixed(1)} ms (lowest ${lowest.toFixed(1)}), at most ${limit}: ${verdict}`;
  });
}
