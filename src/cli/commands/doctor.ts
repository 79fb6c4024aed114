import { cacheFolder } from '../../base/cacheFolder';
import { diagnose } from '../../diagnosis/diagnose';
import type { SubjectFinding, Verdict } from '../../diagnosis/finding';
import { canTrain, findingText, reportText, summaryText } from '../../diagnosis/report';
import { exitCode } from '../problems';
import { runsFolderOf } from '../runFolders';
import { StopSignal } from '../stopSignal';
import { colours, print, printJson } from '../terminal';
import { version } from '../version';

/** `sfp doctor`: what keeps networks from being trained here, and what to do about it. Returns the exit code. */
export async function doctor({ runs, json }: { readonly runs?: string; readonly json?: boolean }): Promise<number> {
  const title = `SFP Lab ${version}, ${new Date().toISOString().slice(0, 16)}Z`;
  if (!json) print(`${title}\n`);
  const findings: SubjectFinding[] = [];
  const stop = new StopSignal();
  try {
    const place = { runsFolder: await runsFolderOf(runs), cache: cacheFolder(), signal: stop.signal };
    for await (const finding of diagnose(place)) {
      findings.push(finding);
      if (!json) print(inColour(finding.verdict, findingText(finding)));
    }
  } finally {
    stop.dispose();
  }
  const [summary, trains] = [summaryText(findings), canTrain(findings)];
  if (json) printJson({ canTrain: trains, summary, findings, text: reportText(title, findings) });
  else print(`\n${summary}`);
  return trains ? exitCode.done : exitCode.failed;
}

function inColour(verdict: Verdict, text: string): string {
  const { dim, yellow, red, reset } = colours();
  return { good: reset, absent: dim, remark: yellow, problem: red }[verdict](text);
}
