import type { RunHistory } from '../../runs/model/history';
import { dataTitleOf, distinct, fingerprintOf, networkOf } from '../subject/names';
import type { Setting, Subject } from '../subject/subject';
import { lines, markup, type Markup, type Piece } from '../text/markup';
import { plural, shortened, unknown, utcTime, whole } from '../text/numbers';
import { folded, section, table } from './section';

/** More differing values of one thing are only counted. */
const mostTold = 8;

/** By what the runs can be made again: configs, engine, versions, machine, seeds, data. */
export function provenanceSection({ settings, runs }: Subject): Markup {
  const histories = runs.map(({ history }) => history);
  return section('How the runs were made', [
    markup`<dl>
${facts(histories).map(
  ([what, told]) => markup`<dt>${what}</dt><dd>${told.map((text) => markup`<span>${text}</span>`)}</dd>
`,
)}</dl>
`,
    folded(`Runs, seeds and times (${runs.length})`, runsTable(settings)),
    markup`<h3>Configs</h3>
`,
    settings.map(config),
  ]);
}

function facts(runs: readonly RunHistory[]): [what: string, told: readonly string[]][] {
  const all: [string, (run: RunHistory) => string | null][] = [
    ['Network', networkOf],
    ['Data', dataTitleOf],
    ['Data fingerprint', fingerprintOf],
    ['Engine', ({ manifest: { engine } }) => engine && `${engine.name}, ${engine.device}`],
    ['Operators', ({ manifest: { engine } }) => engine?.operators ?? null],
    ['Versions of the engine', ({ manifest: { engine } }) => engine && versions(engine.versions)],
    ['Versions', ({ manifest }) => versions(manifest.versions)],
    [
      'Code',
      ({ manifest: { git } }) =>
        git && `commit ${git.commit}${git.dirty ? ', with changes that are not committed' : ''}`,
    ],
    ['Machine of the certificates', ({ certificate }) => certificate?.latency?.machine ?? null],
  ];
  return all.flatMap(([what, told]): [string, readonly string[]][] => {
    const texts = distinct(runs, told);
    const shown = texts.slice(0, mostTold).map((text) => shortened(text, 300));
    const left = texts.length - shown.length;
    return texts.length === 0 ? [] : [[what, left > 0 ? [...shown, `and ${left} more`] : shown]];
  });
}

function versions(byName: Readonly<Record<string, string>>): string {
  return Object.entries(byName)
    .slice(0, 20)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

function runsTable(settings: readonly Setting[]): Markup {
  return table({
    label: 'Runs, seeds and times',
    header: ['Run', 'Id', 'Setting', 'Status', 'Made', 'Seed', 'Epochs'],
    rows: settings.flatMap(({ label, runs }) =>
      runs.map(({ history: { manifest }, row }): Piece[] => [
        shortened(manifest.name, 90),
        shortened(manifest.id, 90),
        label,
        row.status,
        utcTime(manifest.created),
        manifest.config.training.seed,
        row.epochs === manifest.config.training.epochs
          ? whole(row.epochs)
          : `${whole(row.epochs)} of ${whole(manifest.config.training.epochs)}`,
      ]),
    ),
    texts: 5,
  });
}

function config({ label, runs }: Setting): Markup {
  const [first] = runs;
  const seeds = runs.map(({ history }) => history.manifest.config.training.seed);
  const text = JSON.stringify(first!.history.manifest.config, null, 2);
  const others =
    runs.length > 1 ? ` The config of seed ${seeds[0] ?? unknown}; the others differ by name and seed.` : '';
  return folded(
    `${label}: ${plural(runs.length, 'run')}, ${seeds.length === 1 ? 'seed' : 'seeds'} ${shortened(seeds.join(', '), 120)}.${others}`,
    markup`<pre>${lines(text.split('\n'))}</pre>`,
  );
}
