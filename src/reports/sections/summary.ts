import { listInWords } from '../../base/listInWords';
import { dataTitleOf, distinct, networkOf } from '../subject/names';
import type { Subject } from '../subject/subject';
import { markup, type Markup } from '../text/markup';
import { plural, shortened, whole } from '../text/numbers';

/** More would make a list of a sentence. */
const mostNamed = 6;

/** The experiment's name where all runs are of one. */
export function titleOf({ runs }: Subject): string {
  const experiments = distinct(
    runs.map(({ history }) => history),
    ({ manifest }) => manifest.experiment,
  );
  return experiments.length === 1 ? shortened(experiments[0]!, 120) : 'Pruning report';
}

/** One paragraph: how many runs, of which network and data, what differs, and what has not finished. */
export function summary(subject: Subject): Markup {
  return markup`<p class="lead">${[whatRan(subject), whatDiffers(subject), whatIsUnfinished(subject)].filter(Boolean).join(' ')}</p>
`;
}

function whatRan({ settings, runs }: Subject): string {
  const histories = runs.map(({ history }) => history);
  const networks = named(distinct(histories, networkOf));
  const data = named(distinct(histories, dataTitleOf));
  const seeds = new Set(histories.map(({ manifest }) => manifest.config.training.seed)).size;
  return `${plural(runs.length, 'run')} of ${networks} on ${data}: ${plural(settings.length, 'setting')}, ${plural(seeds, 'seed')}.`;
}

function whatDiffers({ runs, differences }: Subject): string {
  if (runs.length < 2) return '';
  const paths = differences.map(({ path }) => path);
  if (paths.length === 0) return 'All settings are the same.';
  return `What differs: ${named(paths)}.`;
}

function whatIsUnfinished({ runs }: Subject): string {
  const unfinished = runs.filter(({ row }) => row.status !== 'finished').length;
  if (unfinished === 0) return runs.length === 1 ? '' : 'All runs have finished.';
  return `${whole(unfinished)} of ${whole(runs.length)} runs ${unfinished === 1 ? 'has' : 'have'} not finished and ${unfinished === 1 ? 'is' : 'are'} in no mean.`;
}

function named(texts: readonly string[]): string {
  const shown = texts.slice(0, mostNamed).map((text) => shortened(text, 80));
  const left = texts.length - shown.length;
  return listInWords(left > 0 ? [...shown, `${left} more`] : shown);
}
