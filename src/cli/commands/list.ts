import type { RunManifest } from '../../runs/model/format';
import type { ListedRun } from '../../runs/folder/list';
import { listRuns } from '../../runs/folder/list';
import { readHistory } from '../../runs/folder/reader';
import { localTime, percent } from '../figures';
import { shortPath } from '../paths';
import { runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

type Summary = NonNullable<RunManifest['summary']>;

/** `sfp list`: all runs, the newest first. */
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
  const rows = await Promise.all(
    runs.map(async (run) => (run.problem === null ? row(run) : [run.id, red('damaged'), '', '', '', '', run.problem])),
  );
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'run' }, { title: 'status' }, right('epochs'), right('validation'), right('test')];
  print(table([...columns, { title: 'created' }, { title: '' }], rows, dim));
}

async function row(run: ListedRun): Promise<string[]> {
  const { epochs, validation, test } = run.summary ?? (await soFar(run.folder));
  return [
    run.id,
    statusText(run.status),
    `${epochs}/${run.config.training.epochs}`,
    percent(validation?.accuracy),
    percent(test?.accuracy),
    localTime(run.created),
    run.error ?? '',
  ];
}

/** The figures of a run that has no summary yet. */
async function soFar(folder: string): Promise<Pick<Summary, 'epochs' | 'validation' | 'test'>> {
  const { epochs } = await readHistory(folder);
  const newest = epochs.at(-1);
  return { epochs: epochs.length, validation: newest?.after ?? newest?.before ?? null, test: null };
}
