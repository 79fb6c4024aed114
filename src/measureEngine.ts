import { text } from 'node:stream/consumers';
import { openCandidate } from './engines/candidates';
import type { MeasuringOrder } from './engines/isolatedMeasurement';
import { measureRate } from './engines/measureRate';

/** The measuring process of `measureInIsolation`: an order on standard input, the rate or the reason of a failure as answer. */
async function measure(): Promise<void> {
  const { id, settings, workload } = JSON.parse(await text(process.stdin)) as MeasuringOrder;
  const engine = await openCandidate(id, settings);
  const rate = await measureRate(engine, workload);
  process.stdout.write(`imagesPerSecond ${rate}\n`);
}

measure().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
