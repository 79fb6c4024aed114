import type { Certificate, Latency } from '../../runs/model/certificate';
import { comparedImages, isEqual, realSaving } from '../../runs/model/certificateFindings';
import type { RunHistory } from '../../runs/model/history';
import { distinct } from '../subject/names';
import type { Subject } from '../subject/subject';
import { markup, type Markup, type Piece } from '../text/markup';
import { millisecondsFromTo, percent, plural, shortened, unknown } from '../text/numbers';
import { note, section, table } from './section';

/** Of batch sizes and threads; a stranger's certificate may have any number of them. */
const mostLatencies = 8;

/** Whether the compact networks are the masked ones, and how long they take. */
export function certificatesSection({ runs }: Subject): Markup {
  const certified = runs.flatMap(({ history }) =>
    history.certificate ? [{ history, certificate: history.certificate }] : [],
  );
  const title = 'Certificates of the compact networks';
  if (certified.length === 0) return section(title, note('No run has a compact network with a certificate.'));
  const measured = latenciesOf(certified.map(({ certificate }) => certificate));
  return section(title, [
    table({
      label: title,
      header: [
        'Run',
        'Equal to the masked network',
        'Test accuracy, masked',
        'Test accuracy, compact',
        'FLOPs saved',
        'Parameters saved',
        ...measured.map(({ title: each }) => each),
      ],
      rows: certified.map(({ history, certificate }) => row(history, certificate, measured)),
      texts: 2,
    }),
    note([
      'Equal: the logits of both networks on test images differ by no more than rounding; beside it the largest difference and the range of the logits. Times are medians of forward passes, masked to compact, measured in turns.',
      machines(certified.map(({ history }) => history)),
    ]),
  ]);
}

interface MeasuredWith {
  readonly batch: number;
  readonly threads: number;
  readonly title: string;
}

function latenciesOf(certificates: readonly Certificate[]): MeasuredWith[] {
  const all = new Map<string, MeasuredWith>();
  for (const { latency } of certificates)
    for (const { batch, threads } of latency?.measured ?? []) {
      const title = `${plural(batch, 'image')}, ${plural(threads, 'thread')}`;
      if (all.size < mostLatencies) all.set(title, { batch, threads, title });
    }
  return [...all.values()].sort((a, b) => a.threads - b.threads || a.batch - b.batch);
}

function row({ manifest }: RunHistory, certificate: Certificate, measured: readonly MeasuredWith[]): Piece[] {
  const { accuracy, multiplyAdds, parameters, latency } = certificate;
  return [
    shortened(manifest.name, 90),
    equality(certificate),
    percent(accuracy.masked),
    percent(accuracy.compact),
    percent(1 - multiplyAdds.built / multiplyAdds.dense, 1),
    percent(1 - parameters.built / parameters.dense, 1),
    ...measured.map(({ batch, threads }) =>
      time(
        certificate,
        latency?.measured.find((each) => each.batch === batch && each.threads === threads),
      ),
    ),
  ];
}

function equality(certificate: Certificate): Piece {
  const { largestDifference, logitsRange } = certificate.equality;
  const figures = `${largestDifference.toExponential(1)} of ${logitsRange.toPrecision(3)}, ${comparedImages(certificate)}`;
  return markup`${isEqual(certificate) ? 'yes' : markup`<strong class="unequal">NO</strong>`}<small>${figures}</small>`;
}

function time(certificate: Certificate, latency: Latency | undefined): Piece {
  if (latency === undefined) return unknown;
  const { measured } = realSaving(certificate, latency);
  return markup`${millisecondsFromTo(latency.masked.median, latency.compact.median)}<small>${percent(measured, 1)} saved</small>`;
}

function machines(runs: readonly RunHistory[]): string {
  const told = distinct(runs, ({ certificate }) => {
    const latency = certificate?.latency;
    return latency ? `${shortened(latency.machine, 120)} (${shortened(latency.runtime, 80)})` : null;
  });
  const unmeasured = runs.filter(({ certificate }) => certificate?.latency === null).length;
  return [
    told.length > 0 ? ` Measured on ${told.slice(0, 6).join('; ')}.` : '',
    unmeasured > 0 ? ` ${plural(unmeasured, 'run')} not timed, as other programs kept the processor busy.` : '',
  ].join('');
}
