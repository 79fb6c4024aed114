import type { ListedRun } from '../../runs/list';
import { listRuns } from '../../runs/list';
import { localTime, percent, unknown } from '../figures';
import { shortPath } from '../paths';
import { runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

/** `sfp list`: the runs that are there, the newest first. */
export async function list({ runs: option, json }: { readonly runs?: string; readonly json?: boolean }): Promise<void> {
  const folder = await runsFolderOf(option);
  const runs = await listRuns(folder);
  if (json) {
    printJson({ folder, runs });
    return;
  }
  if (runs.length === 0) {
    print(`No runs in ${shortPath(folder)}; \`sfp train CONFIG\` makes some.`);
    return;
  }
  const { dim, red } = colours();
  const rows = runs.map((run) =>
    run.problem === null ? row(run) : [run.id, red('damaged'), '', '', '', '', run.problem],
  );
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'run' }, { title: 'status' }, right('epochs'), right('validation'), right('test')];
  print(table([...columns, { title: 'created' }, { title: '' }], rows, dim));
}

function row(run: ListedRun): string[] {
  const { summary, config } = run;
  return [
    run.id,
    statusText(run.status),
    summary === null ? `${unknown}/${config.training.epochs}` : `${summary.epochs}/${config.training.epochs}`,
    percent(summary?.validation?.accuracy),
    percent(summary?.test?.accuracy),
    localTime(run.created),
    run.error ?? '',
  ];
}
