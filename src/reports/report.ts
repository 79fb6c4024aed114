import type { RunHistory } from '../runs/model/history';
import { page } from './page/page';
import { certificatesSection } from './sections/certificates';
import { curvesSection } from './sections/curves';
import { masksSection } from './sections/masks';
import { provenanceSection } from './sections/provenance';
import { resultsSection } from './sections/results';
import { seedsSection } from './sections/seeds';
import { summary, titleOf } from './sections/summary';
import { tradeoffsSection } from './sections/tradeoffs';
import { subjectOf } from './subject/subject';

/**
 * A report of some runs, at least one: one file of HTML that loads nothing, runs nothing and can be read without SFP Lab. The
 * same runs give the same text, in whatever order and whenever. `version` is that of SFP Lab.
 */
export function reportOf(runs: readonly RunHistory[], version: string): string {
  const subject = subjectOf(runs);
  return page({ title: titleOf(subject), version }, [
    summary(subject),
    seedsSection(subject),
    resultsSection(subject),
    curvesSection(subject),
    tradeoffsSection(subject),
    masksSection(subject),
    certificatesSection(subject),
    provenanceSection(subject),
  ]);
}
