import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { timeConvolutionsApart, timeModelsApart } from '../../../src/latency/measuringProcess';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const options = { batchSize: 2, threads: 1, rounds: 1, turnMilliseconds: 1 };
const models = [{ name: 'net', bytes: Uint8Array.of(1, 2, 3) }];
const { signal } = new AbortController();
const answer = `{ models: {
  spreads: order.models.map(({ bytes }) => ({ runs: 1, lowest: bytes.length, lowerQuartile: 3, median: 3, upperQuartile: 3, highest: 3 })),
  steadiness: { usedByOthers: 0, slowRound: 1, fastRound: 1 } } }`;

/** A program in the place of the measuring one, which gets the order. */
async function program(body: string): Promise<string> {
  const file = join(temporaryFolder(), 'measure.cjs');
  await writeFile(file, `process.once('message', (order) => { ${body} });`);
  return file;
}

test('the program gets the models, tells progress and gives their times', async () => {
  const script = await program(`process.send({ progress: 0.5 }); process.send(${answer}, () => process.exit());`);
  const told: number[] = [];
  const onProgress = (fraction: number): void => void told.push(fraction);
  const { spreads } = await timeModelsApart({ models, options }, { signal, script, onProgress });
  expect(spreads).toMatchObject([{ lowest: 3 }]);
  expect(told).toEqual([0.5]);
});

test('a failure is told in its words, and an answer that is none as such', async () => {
  const failing = await program(`process.send({ failure: 'no such operator' }, () => process.exit());`);
  await expect(timeModelsApart({ models, options }, { signal, script: failing })).rejects.toThrow('no such operator');
  const silent = await program('console.error("killed by itself"); process.exit(3);');
  await expect(timeModelsApart({ models, options }, { signal, script: silent })).rejects.toThrow(
    'Nothing was measured: the measuring process ended with code 3. killed by itself',
  );
  const other = await program(`process.send(${answer}, () => process.exit());`);
  await expect(timeConvolutionsApart([], { threads: 1, batchSize: 1 }, { signal, script: other })).rejects.toThrow();
});

test('aborting ends the program, with the reason', async () => {
  const script = await program('setInterval(() => undefined, 1000);');
  const abort = new AbortController();
  const stopped = new Error('enough');
  const measuring = timeModelsApart({ models, options }, { signal: abort.signal, script });
  setTimeout(() => {
    abort.abort(stopped);
  }, 50);
  await expect(measuring).rejects.toBe(stopped);
});
