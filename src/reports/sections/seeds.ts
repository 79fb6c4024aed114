import { duelNote, duelSentence } from '../../runs/model/duelSentence';
import { settingsDuels } from '../../runs/model/settingsDuel';
import type { Subject } from '../subject/subject';
import { markup, type Markup } from '../text/markup';
import { folded, note, section } from './section';

/** More are folded: nobody reads a hundred sentences. */
const mostShown = 12;

/** What differs by one thing alone, seed by seed, in sentences: those of the most seeds first. */
export function seedsSection({ runs, settings }: Subject): Markup | null {
  if (settings.length < 2) return null;
  const duels = settingsDuels(runs.map(({ history }) => history));
  const sentences = duels.toSorted((a, b) => b.pairs.length - a.pairs.length).map(duelSentence);
  const none = 'No two settings that differ by one thing alone have finished runs of the same seed.';
  if (sentences.length === 0) return section('What the seeds tell', note(none));
  const [shown, others] = [sentences.slice(0, mostShown), sentences.slice(mostShown)];
  return section('What the seeds tell', [
    list(shown),
    others.length > 0 && folded(`${others.length} more`, list(others)),
    note(duelNote),
  ]);
}

function list(sentences: readonly string[]): Markup {
  return markup`<ul class="sentences">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>
`;
}
