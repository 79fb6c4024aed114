import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkInIsolation, measureInIsolation } from '../../../../src/engines/choice/isolatedMeasurement';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const settings = { threads: 1, tf32: false, enginesFolder: '' };
const workload = {
  graph: { name: 'none', layers: [] },
  batchSize: 8,
  optimizer: { momentum: 0.9, nesterov: true, weightDecay: 0 },
};
const order = { id: 'tensorflow/cpu', settings, workload };
const rate = { imagesPerSecond: 100, slowestRound: 95, fastestRound: 105, usedByOthers: 0.05 };
const { signal } = new AbortController();

/** A process in the place of the measuring one. */
async function processOf(script: string): Promise<string> {
  const file = path.join(temporaryFolder(), 'measure.cjs');
  await writeFile(file, script);
  return file;
}

describe('measureInIsolation', () => {
  it('gives the order to the process and takes its rate, whatever libraries say around it', async () => {
    const script = await processOf(`
      const { id, workload } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      console.log('a library greets');
      console.log('measured ' + JSON.stringify({ ...${JSON.stringify(rate)}, imagesPerSecond: id.length * workload.batchSize }));
      console.error('a library complains');`);
    expect(await measureInIsolation(order, signal, script)).toEqual({ ...rate, imagesPerSecond: 14 * 8 });
  });

  it('tells the reason that the process gives, at its end', async () => {
    const script = await processOf(`console.error('a\\nb\\nthe library\\ncannot be\\nloaded'); process.exitCode = 1;`);
    await expect(measureInIsolation(order, signal, script)).rejects.toThrow(/^the library cannot be loaded$/);
  });

  it('tells how it ended when it says nothing, or nothing of use', async () => {
    const silent = await processOf('process.exit(7);');
    await expect(measureInIsolation(order, signal, silent)).rejects.toThrow(
      'its process ended with code 7 without a word',
    );
    for (const text of ['', 'measured {"imagesPerSecond":0}', 'measured {"imagesPer'])
      await expect(measureInIsolation(order, signal, await processOf(`console.log('${text}')`))).rejects.toThrow(
        'its process gave no rate',
      );
  });

  it('ends the process when it is aborted', async () => {
    const script = await processOf('setInterval(() => undefined, 1000);');
    const stopped = new Error('enough');
    const abort = new AbortController();
    const measurement = measureInIsolation(order, abort.signal, script);
    abort.abort(stopped);
    await expect(measurement).rejects.toBe(stopped);
  });
});

describe('checkInIsolation', () => {
  it("gives the versions that the process tells, and has TensorFlow's warnings told", async () => {
    const script = await processOf(`
      console.log('agrees ' + JSON.stringify({ tensorflow: '2.21.0', warnings: process.env.TF_CPP_MIN_LOG_LEVEL }));`);
    expect(await checkInIsolation('tensorflow/cpu', settings, signal, script)).toEqual({
      tensorflow: '2.21.0',
      warnings: '1',
    });
  });
});
