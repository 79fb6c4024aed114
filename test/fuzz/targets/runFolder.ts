import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RandomStream } from '../../../src/base/random';
import { listRuns } from '../../../src/runs/folder/list';
import { newestEpoch } from '../../../src/runs/folder/newestEpoch';
import { readHistory } from '../../../src/runs/folder/reader';
import { runNetwork } from '../../../src/runs/folder/runNetwork';
import { isEqual, latencyWithAllThreads, lostSavings, realSaving } from '../../../src/runs/model/certificateFindings';
import {
  differingSettings,
  figureStatistics,
  maskOverlap,
  seedGroups,
  summaryRows,
} from '../../../src/runs/model/comparison';
import { fileNames } from '../../../src/runs/model/format';
import { currentMultiplyAdds, type RunHistory } from '../../../src/runs/model/history';
import { maskHistory } from '../../../src/runs/model/maskHistory';
import { suggestedRates } from '../../../src/runs/model/suggestedRates';
import { narrowCifarNet } from '../../fixtures/compactNetwork';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { plausibleSensitivity } from '../../fixtures/plausibleSensitivity';
import { writeRun } from '../../fixtures/writeRun';
import { jsonText, mutatedBytes, mutatedJson, mutatedValue, pick } from '../mutations';
import { target, type FuzzTarget } from '../target';

/** The files of a run folder: one at a time is another one, and the whole run is then read, shown and compared. */

type Mutation = (sample: Buffer, random: RandomStream) => Uint8Array;

const json: Mutation = (sample, random) => mutatedJson(JSON.parse(sample.toString()), random);

/** Lines that are other events, lines twice, missing, exchanged and cut. */
export const events: Mutation = (sample, random) => {
  const lines = sample.toString().trimEnd().split('\n');
  const count = 1 + random.below(6);
  for (let change = 0; change < count && lines.length > 0; change++) {
    const at = random.below(lines.length);
    const line = lines[at]!;
    const other = random.below(lines.length);
    pick(random, [
      () => (lines[at] = jsonText(mutatedValue(JSON.parse(line), random), random)),
      () =>
        (lines[at] = Buffer.from(mutatedBytes(Buffer.from(line), random))
          .toString('latin1')
          .replaceAll('\n', ' ')),
      () => lines.splice(at, 1),
      () => lines.splice(other, 0, ...Array.from({ length: 1 + random.below(30) }, () => line)),
      () => lines.splice(other, 0, ...lines.slice(at)),
    ])();
    // What is no JSON any more, or nested deep, cannot be made another value.
    if (lines.some((each) => each.length > 20_000 || !isJson(each))) break;
  }
  return Buffer.from(lines.slice(0, 2000).join('\n') + (random.below(8) === 0 ? '' : '\n'));
};

/** Bytes anywhere; or another description, or other records, under checksums that are right. */
export const layers: Mutation = (sample, random) => {
  if (random.below(2) === 0) return mutatedBytes(sample, random);
  const length = sample.readUInt32LE(12);
  const described = JSON.parse(sample.subarray(16, 16 + length).toString()) as { filters: number }[];
  const records = sample.subarray(20 + length);
  if (random.below(2) === 0) {
    const text = Buffer.from(jsonText(mutatedValue(described, random), random));
    const header = Buffer.concat([sample.subarray(0, 16), text]);
    header.writeUInt32LE(text.length, 12);
    return Buffer.concat([sealed(header), records]);
  }
  const size = 8 + described.reduce((sum, { filters }) => sum + 4 * filters + Math.ceil(filters / 8), 0);
  const changed = Array.from({ length: Math.floor(records.length / size) }, (_, index) => {
    const record = records.subarray(index * size, (index + 1) * size - 4);
    const other = Buffer.from(mutatedBytes(record, random));
    return other.length === record.length ? sealed(other) : records.subarray(index * size, (index + 1) * size);
  });
  return Buffer.concat([sample.subarray(0, 20 + length), ...changed]);
};

function sealed(bytes: Buffer): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(bytes));
  return Buffer.concat([bytes, checksum]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const files: readonly (readonly [file: string, Mutation])[] = [
  [fileNames.run, json],
  [fileNames.events, events],
  [fileNames.layers, layers],
  [join('compact', 'certificate.json'), json],
  [fileNames.sensitivity, json],
];

export const runFolderTargets: readonly FuzzTarget[] = [
  ...files.map(([file, mutation]) =>
    target<Uint8Array>(file.replaceAll('\\', '/'), async (folder) => {
      const run = await sampleRun(folder);
      const sample = await readFile(join(run, file));
      return {
        make: (random) => mutation(sample, random),
        read: async (bytes) => {
          await writeFile(join(run, file), bytes);
          await listRuns(dirname(run));
          await newestEpoch(run);
          use(await readHistory(run));
        },
      };
    }),
  ),
  target<Uint8Array>('network.json', (folder) => {
    const { manifest } = plausibleRun({ epochs: 2 });
    const narrow = { ...manifest, baseline: { of: manifest.id, kind: 'narrow' } } as const;
    const file = join(folder, fileNames.network);
    return Promise.resolve({
      make: (random: RandomStream) => mutatedJson(narrowCifarNet, random),
      read: async (bytes) => {
        await writeFile(file, bytes);
        await runNetwork(folder, narrow);
      },
    });
  }),
];

/** The folder of a run with all its files, in a folder of runs. */
export async function sampleRun(folder: string): Promise<string> {
  const run = plausibleRun({ epochs: 3, killedIn: 1, certificate: {} });
  const path = await writeRun(join(folder, 'runs'), run);
  await mkdir(join(path, 'compact'), { recursive: true });
  await writeFile(join(path, fileNames.sensitivity), JSON.stringify(plausibleSensitivity()));
  return path;
}

const other = plausibleRun({ epochs: 2, seed: 2, certificate: {} }).history;

/** What the command line and the views make of a run, alone and beside another one. */
function use(history: RunHistory): void {
  currentMultiplyAdds(history);
  maskHistory(history.prunings);
  differingSettings([history, other]);
  figureStatistics(summaryRows([history, other]));
  seedGroups([history, other]);
  const [own, others] = [history.prunings.at(-1)?.record, other.prunings.at(-1)?.record];
  if (own && others) maskOverlap(own, others);
  const { certificate, sensitivity } = history;
  if (sensitivity) suggestedRates(sensitivity, 0.01);
  if (!certificate) return;
  isEqual(certificate);
  lostSavings(certificate);
  for (const batch of [1, 64]) {
    const latency = latencyWithAllThreads(certificate, batch);
    if (latency) realSaving(certificate, latency);
  }
}
