import { enginesFolder } from '../../base/cacheFolder';
import { findCandidates } from '../../engines/choice/candidates';
import { Measurements } from '../../engines/choice/measurements';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

const shownMeasurements = 10;
/** Its layers have the shapes of all networks of its family. */
const usualNetwork = 'resnet20';

export interface EnginesOptions {
  /** Forgets what was measured, instead of listing anything. */
  readonly measureAgain?: boolean;
  /** Times of this network's layers by width instead: a network or a config file. */
  readonly widths?: string | true;
  readonly json?: boolean;
}

/** `sfp engines`: what networks can be computed with on this machine, and how fast `auto` found it to be. */
export async function engines({ measureAgain = false, json = false, widths: network }: EnginesOptions): Promise<void> {
  if (network !== undefined) {
    const { widths } = await import('./widths');
    await widths({ network: network === true ? usualNetwork : network, measureAgain, json });
    return;
  }
  const folder = enginesFolder();
  if (measureAgain) {
    await forgetMeasurements(folder, json);
    return;
  }
  const candidates = await findCandidates({ enginesFolder: folder });
  const measurements = (await Measurements.open(folder)).all;
  if (json) {
    printJson({
      engines: candidates.map(({ id, name, device, available, reason }) => ({ id, name, device, available, reason })),
      measurements,
    });
    return;
  }
  const { green, red, dim } = colours();
  const rows = candidates.map(({ title, available, reason }) => [title, available ? green('yes') : red('no'), reason]);
  print(table([{ title: 'engine' }, { title: 'usable' }, { title: 'why' }], rows, dim));
  if (measurements.length === 0) return;
  print(`\nMeasured by "auto", which takes the fastest:`);
  const measured = measurements
    .slice(0, shownMeasurements)
    .map(({ network, batchSize, title, imagesPerSecond, slowestRound, fastestRound, measured: when }) => [
      network,
      String(batchSize),
      title,
      imagesPerSecond.toFixed(0),
      `${slowestRound.toFixed(0)} to ${fastestRound.toFixed(0)}`,
      when.slice(0, 10),
    ]);
  const columns = [
    { title: 'network' },
    { title: 'batch', align: 'right' as const },
    { title: 'engine' },
    { title: 'images/s', align: 'right' as const },
    { title: 'in its rounds' },
    { title: 'measured' },
  ];
  print(table(columns, measured, dim));
}

async function forgetMeasurements(folder: string, json: boolean): Promise<void> {
  const forgotten = await (await Measurements.open(folder)).forget();
  if (json) printJson({ forgotten });
  else if (forgotten === 0) print('"auto" had nothing measured that could be forgotten.');
  else
    print(
      `${forgotten} ${forgotten === 1 ? 'measurement is' : 'measurements are'} forgotten: "auto" will measure again.`,
    );
}
