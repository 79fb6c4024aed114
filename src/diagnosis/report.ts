import type { SubjectFinding, Verdict } from './finding';

const verdictWords: Readonly<Record<Verdict, string>> = {
  good: 'ok',
  absent: '-',
  remark: 'note',
  problem: 'PROBLEM',
};
const subjectWidth = 13;
const verdictWidth = 9;

/** A finding as a line, and its remedy as a second one. */
export function findingText({ subject, verdict, what, remedy }: SubjectFinding): string {
  const first = `${subject.padEnd(subjectWidth)}${verdictWords[verdict].padEnd(verdictWidth)}${what}`;
  return remedy === null ? first : `${first}\n${' '.repeat(subjectWidth + verdictWidth)}${remedy}`;
}

/** Whether nothing keeps networks from being trained. */
export function canTrain(findings: readonly SubjectFinding[]): boolean {
  return findings.every(({ verdict }) => verdict !== 'problem');
}

/** One line about them all. */
export function summaryText(findings: readonly SubjectFinding[]): string {
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const [problems, remarks] = [count('problem'), count('remark')];
  const noted = remarks === 0 ? '' : `, and ${remarks} to note`;
  if (problems === 0) return `Nothing keeps networks from being trained here${noted}.`;
  return `${problems} ${problems === 1 ? 'thing keeps' : 'things keep'} networks from being trained here${noted}.`;
}

/** All of it, to be copied into a report. */
export function reportText(title: string, findings: readonly SubjectFinding[]): string {
  return [title, '', ...findings.map(findingText), '', summaryText(findings), ''].join('\n');
}
