import { judgedFigures, points, seedsInWords } from './accuracyWords';
import { sentenceCase } from './sentenceCase';
import type { SettingsDuel } from './settingsDuel';

/** What such sentences go by, for whoever reads some of them. */
export const duelNote =
  'Runs of one seed begin with the same weights and see the same images in the same order, so their differences are taken in pairs. Each interval is for one comparison by itself (Student’s t).';

/**
 * What a comparison of two settings tells, as a sentence that can stand in a paper: "L2 is better than L1 by 0.12 points of test
 * accuracy, 95 % interval -0.20 to 0.44: 3 seeds cannot tell; about 24 would be needed."
 */
export function duelSentence({ words, judgedBy, result }: SettingsDuel): string {
  const { difference, interval, isTold, pairsNeeded } = result;
  const [first, second] = words;
  const [better, worse] = difference.mean < 0 ? [first, second] : [second, first];
  const gain = Math.abs(difference.mean);
  const seeds = seedsInWords(difference.count);
  const claim =
    difference.mean === 0
      ? `${sentenceCase(first)} and ${second} have the same ${judgedFigures[judgedBy]} in the mean`
      : `${sentenceCase(better)} is better than ${worse} by ${points(gain)} points of ${judgedFigures[judgedBy]}`;
  if (interval === null) return `${claim}, by ${seeds}: one seed tells nothing of the spread.`;
  const [low, high] = difference.mean < 0 ? [-interval.high, -interval.low] : [interval.low, interval.high];
  const range = `95 % interval ${points(low)} to ${points(high)}`;
  if (isTold) return `${claim}, ${range}, by ${seeds}.`;
  const needed =
    pairsNeeded === null ? 'hundreds would not be enough, or nothing differs' : `about ${pairsNeeded} would be needed`;
  return `${claim}, ${range}: ${seeds} cannot tell; ${needed}.`;
}
