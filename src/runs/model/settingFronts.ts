import { paretoFront } from '../../statistics/paretoFront';
import { statistic } from '../../statistics/sample';
import { judgedFigures, percent } from './accuracyWords';
import type { SummaryRow } from './comparison';
import { finishedSettings, judgedByOf, type FinishedSettings, type JudgedBy } from './finishedSettings';
import type { RunHistory } from './history';

/** What accuracy is bought with; the time is that of the compact network as a part of the masked one's, measured in turns. */
export type Price = 'flops' | 'time';

/** Settings on the Pareto front: no other one is at least as accurate at no more cost. */
export interface SettingFront {
  readonly price: Price;
  readonly judgedBy: JudgedBy;
  /** How many settings there are whose accuracy and cost are known. */
  readonly known: number;
  /** The cheapest first. */
  readonly members: readonly FrontMember[];
}

export interface FrontMember {
  readonly words: string;
  /** Means over the seeds, as fractions: the accuracy, and what is left of the dense network's FLOPs or of the time. */
  readonly gain: number;
  readonly cost: number;
}

const left: Readonly<Record<Price, (row: SummaryRow) => number | null>> = {
  flops: ({ reductionExact }) => (reductionExact === null ? null : 1 - reductionExact),
  time: ({ timeSaved64 }) => (timeSaved64 === null ? null : 1 - timeSaved64),
};

/** The fronts of finished runs, by FLOPs and by time; those left out to which fewer than two settings belong. */
export function settingFronts(runs: readonly RunHistory[]): SettingFront[] {
  const settings = finishedSettings(runs);
  const judgedBy = judgedByOf(settings.flatMap(({ bySeed }) => [...bySeed.values()]));
  return (['flops', 'time'] as const).flatMap((price): SettingFront[] => {
    const members = settings.flatMap((each) => memberOf(each, judgedBy, price) ?? []);
    return members.length < 2 ? [] : [{ price, judgedBy, known: members.length, members: paretoFront(members) }];
  });
}

/** Null where no run of the settings knows both. */
function memberOf({ words, bySeed }: FinishedSettings, judgedBy: JudgedBy, price: Price): FrontMember | null {
  const known = [...bySeed.values()].flatMap((row) => {
    const [accuracy, cost] = [row[judgedBy], left[price](row)];
    return accuracy === null || cost === null ? [] : [{ accuracy, cost }];
  });
  const gain = statistic(known.map(({ accuracy }) => accuracy));
  const cost = statistic(known.map((each) => each.cost));
  return gain && cost && { words: words === '' ? 'all' : words, gain: gain.mean, cost: cost.mean };
}

const mostNamed = 8;

/** "Pareto front of test accuracy against FLOPs left, the cheapest first: L2, rate 0.5 (54.2 % left, 90.12 %); …". */
export function frontSentence({ price, judgedBy, known, members }: SettingFront): string {
  const against = price === 'flops' ? 'FLOPs left' : 'measured time left (64 images)';
  const named = members
    .slice(0, mostNamed)
    .map(({ words, gain, cost }) => `${words} (${percent(cost, 1)} left, ${percent(gain, 2)})`);
  const more = members.length > mostNamed ? `; and ${members.length - mostNamed} more` : '';
  const others = known - members.length;
  const rest = others === 0 ? '' : ` ${others} of ${known} settings ${others === 1 ? 'is' : 'are'} not on it.`;
  return `Pareto front of ${judgedFigures[judgedBy]} against ${against}, the cheapest first: ${named.join('; ')}${more}.${rest}`;
}
