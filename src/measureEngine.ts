import { text } from 'node:stream/consumers';
import { requireAgreement } from './engines/choice/agreement';
import { openCandidate } from './engines/choice/candidates';
import type { MeasuringOrder } from './engines/choice/isolatedMeasurement';
import { measureRate, measureStepTimes } from './engines/choice/measureRate';

/** The process of `measureInIsolation` and `checkInIsolation`: an order on standard input, the answer or the reason of a failure. */
async function answer(): Promise<string> {
  const { id, settings, workload, milliseconds } = JSON.parse(await text(process.stdin)) as MeasuringOrder;
  const engine = await openCandidate(id, settings);
  if (workload && milliseconds !== undefined)
    return `stepped ${JSON.stringify(await measureStepTimes(engine, workload, milliseconds))}`;
  if (workload) return `measured ${JSON.stringify(await measureRate(engine, workload))}`;
  await requireAgreement(engine);
  return `agrees ${JSON.stringify(engine.description.versions)}`;
}

answer().then(
  (line) => {
    process.stdout.write(`${line}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
