import { judgedFigures, points, seedsInWords } from './accuracyWords';
import type { BestRate, RateCost } from './bestRates';
import { sentenceCase } from './sentenceCase';

/**
 * What may be pruned for an allowed drop (a fraction), as a sentence or two: "With L2, rate 0.4 is the highest that costs at most
 * 0.50 points of test accuracy in the mean: 0.32, 95 % interval 0.10 to 0.54, by 3 seeds. For certain it is rate 0.3."
 */
export function bestRateSentence({ words, judgedBy, inTheMean, forCertain }: BestRate, allowed: number): string {
  const [With, cost] = [words === '' ? '' : `With ${words}, `, `costs at most ${points(allowed)} points`];
  if (inTheMean === null)
    return sentenceCase(`${With}no rate that was tried ${cost} of ${judgedFigures[judgedBy]} in the mean.`);
  const { rate } = inTheMean;
  const claim = `${With}rate ${rate} is the highest that ${cost} of ${judgedFigures[judgedBy]} in the mean: ${told(inTheMean)}.`;
  return `${sentenceCase(claim)} ${certainty(rate, inTheMean, forCertain)}`;
}

function told({ result: { difference, interval } }: RateCost): string {
  const range = interval && `, 95 % interval ${points(-interval.high)} to ${points(-interval.low)}`;
  return `${points(-difference.mean)}${range ?? ''}, by ${seedsInWords(difference.count)}`;
}

function certainty(rate: number, { result }: RateCost, forCertain: RateCost | null): string {
  if (result.interval === null) return 'One seed tells nothing of the spread.';
  if (forCertain === null) return 'For certain no rate that was tried is.';
  return forCertain.rate === rate ? 'Its interval is within that, too.' : `For certain it is rate ${forCertain.rate}.`;
}
