import { configDifferences } from '../config/differences';
import type { ResolvedRun } from '../experiment/resolve';
import { duration, grouped, plural } from './figures';
import type { QueueForecast } from './queueForecast';
import type { Column } from './table';
import type { RunForecast } from './trainingForecast';

const mostRows = 40;

/** The runs that would be trained: what differs between them, and what each takes; the first ones of many. */
export function previewTable(
  runs: readonly ResolvedRun[],
  forecasts: readonly RunForecast[],
): { readonly columns: Column[]; readonly rows: string[][] } {
  const differences = configDifferences(runs.map(({ config }) => config)).filter(
    // Every row says how many epochs it has.
    ({ path }) => path !== 'training.epochs',
  );
  const right = (title: string): Column => ({ title, align: 'right' });
  return {
    columns: [
      { title: 'run' },
      ...differences.map(({ path }) => ({ title: path })),
      ...['epochs', 'images', 'time', 'disk'].map(right),
    ],
    rows: runs.slice(0, mostRows).map(({ config }, index) => {
      const { epochs, images, seconds, bytes } = forecasts[index]!;
      const values = differences.map(({ values: all }) => valueText(all[index]));
      return [config.name, ...values, String(epochs), grouped(images), duration(seconds), size(bytes)];
    }),
  };
}

/** What there is below the table: sums, and what the times go by. */
export function previewSummary(forecasts: readonly RunForecast[], queue: QueueForecast | null = null): string[] {
  const { seconds, unknown, bytes } = sums(forecasts);
  const time =
    unknown === forecasts.length
      ? 'How long is not known: no such network has been trained or measured here with this batch size.'
      : `Estimated time, one after another: ${duration(seconds)}${unknown > 0 ? `, and ${plural(unknown, 'run')} of which nothing was measured` : ''}.`;
  const by = [...new Set(forecasts.flatMap(({ measuredBy }) => measuredBy ?? []))];
  return [
    ...(forecasts.length > mostRows ? [`… and ${plural(forecasts.length - mostRows, 'more run')}`] : []),
    time,
    ...(queue !== null && queue.runsAtOnce > 1 && seconds > 0
      ? [`In the queue, ${queue.runsAtOnce} at once as it was measured here: ${duration(seconds / queue.gain)}.`]
      : []),
    ...(by.length > 0 ? [`It goes by ${by.slice(0, 3).join(', ')}${by.length > 3 ? ', …' : ''}.`] : []),
    `Estimated disk: ${size(bytes)}.`,
  ];
}

/** Of all runs together; `unknown` is how many have no time. */
export function sums(forecasts: readonly RunForecast[]): { seconds: number; unknown: number; bytes: number } {
  return {
    seconds: forecasts.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    unknown: forecasts.filter(({ seconds }) => seconds === null).length,
    bytes: forecasts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `12.3 MB`, in millions as disks count. */
export function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
