import { latencyMessageSchema } from '../../../src/latency/orders';
import { measuredRateIn, versionsIn } from '../../../src/engines/choice/answers';
import { keptStateSchema, webviewMessageSchema, type WebviewMessage } from '../../../src/protocol/messages';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { jsonText, mutatedBytes, mutatedJson, mutatedValue, pick } from '../mutations';
import {
  compactLineSchema,
  diagnosisSchema,
  exportedSchema,
  sensitivityLineSchema,
  setUpLineSchema,
} from '../../../src/extension/commandOutput';
import { tellJsonLines } from '../../../src/extension/jsonLines';
import { gpuIn } from '../../../src/engines/tensorflow/install/nvidiaGpu';
import { newestVersionIn, wheelIn } from '../../../src/engines/tensorflow/install/indexAnswers';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { isReasoned, target, type FuzzTarget } from '../target';

/** Messages between processes, and between pages and the extension. */

const runId = '20261124T060721Z-resnet20-l2-3fa9c1';
const webviewMessages: readonly WebviewMessage[] = [
  { type: 'ready', load: 1 },
  { type: 'stop', runId },
  { type: 'writeSuggestedRates', runId, drop: 0.01 },
  { type: 'revealLayer', runId, layer: 'stage1.block1.conv1' },
  { type: 'compare', runIds: [runId, 'other'] },
  { type: 'startRun' },
];
const rate = { imagesPerSecond: 100, slowestRound: 95, fastestRound: 105, usedByOthers: 0 };
const spread = { median: 1, low: 0.9, high: 1.1 };
const latencyMessages = [
  { progress: 0.5 },
  { failure: 'out of memory' },
  { models: { spreads: [spread], steadiness: { disturbed: false, usedByOthers: 0 } } },
  { convolutions: { shapes: [], steadiness: { disturbed: false, usedByOthers: 0 } } },
];

const commandLines: readonly unknown[] = [
  { type: 'progress', step: 'Compacting stage1.block1' },
  plausibleRun({ epochs: 2, certificate: {} }).history.certificate,
  { files: ['/runs/net.onnx'] },
  { type: 'note', text: 'Trained again.' },
  { type: 'pool', done: 1, of: 20, pool: { name: 'stem.conv' } },
  { canTrain: true, summary: 'Nothing keeps networks from being trained here.', text: 'SFP Lab' },
  { type: 'progress', phase: 'downloading', source: 'tensorflow 2.21.0', bytes: 5, total: 10 },
  { type: 'done', tensorflowVersion: '2.21.0' },
];
const commandLineSchemas = [
  compactLineSchema,
  exportedSchema,
  sensitivityLineSchema,
  diagnosisSchema,
  setUpLineSchema,
] as const;

const gpuLines = [
  'NVIDIA H200, 9.0, 550.54.15\nNVIDIA H200, 9.0, 550.54.15\n',
  'NVIDIA-SMI has failed because it couldn’t communicate with the NVIDIA driver.\r\n',
  'Tesla V100-SXM2-16GB, [N/A], 470.82.01\n',
];

const listedFile = {
  packagetype: 'bdist_wheel',
  filename: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
  url: 'https://files.example.org/tensorflow.whl',
  size: 600_000_000,
  digests: { sha256: '0'.repeat(64) },
};
const ranges = ['<3,>=2.20', '>=0', '==2.21.0', '<10.0,>=9.3.0.75'];

export const messageTargets: readonly FuzzTarget[] = [
  target<readonly Uint8Array[]>('lines of commands', () =>
    Promise.resolve({
      // In pieces, as a pipe brings them.
      make: (random) => {
        const count = 1 + random.below(4);
        const lines = Array.from({ length: count }, () => [
          mutatedJson(pick(random, commandLines), random),
          Buffer.from('\n'),
        ]);
        const bytes = Buffer.concat(lines.flat());
        const cut = random.below(bytes.length + 1);
        return [bytes.subarray(0, cut), bytes.subarray(cut)];
      },
      read: async (pieces) => {
        const input = Readable.from(pieces.filter(({ length }) => length > 0));
        tellJsonLines(input, (value) => {
          for (const schema of commandLineSchemas) schema.safeParse(value);
        });
        await finished(input);
      },
    }),
  ),
  target<string>('answers of nvidia-smi', () =>
    Promise.resolve({
      make: (random) => Buffer.from(mutatedBytes(Buffer.from(pick(random, gpuLines)), random)).toString(),
      read: (printed) => {
        const gpu = gpuIn(printed);
        if (gpu === null) return;
        if (!Number.isFinite(gpu.computeCapability) || /\p{Cc}/u.test(gpu.name + gpu.driver))
          throw new TypeError('A GPU without a capability, or with a name that talks to a terminal.');
      },
    }),
  ),
  target<readonly [project: unknown, release: unknown, range: string]>('answers of the package index', () =>
    Promise.resolve({
      isRefusal: isReasoned,
      make: (random) => {
        const versions = ['2.20.0', '2.21.0', '2.21.0rc1', '9.10.2.21'];
        const project = { releases: Object.fromEntries(versions.map((version) => [version, []])) };
        const release = { urls: [{ ...listedFile, packagetype: 'sdist' }, listedFile] };
        return [mutatedValue(project, random), mutatedValue(release, random), pick(random, ranges)];
      },
      read: ([project, release, range]) => {
        const version = newestVersionIn(project, { name: 'tensorflow', range });
        const { filename, url } = wheelIn(release, { name: 'tensorflow', version }, 'linux', 'x64');
        if (/[/\\]|^\.+$/.test(filename) || !/^https?:$/.test(new URL(url).protocol))
          throw new TypeError('A file that would be put elsewhere.');
      },
    }),
  ),
  target<unknown>('messages of pages', () =>
    Promise.resolve({
      make: (random) => mutatedValue(pick(random, webviewMessages), random),
      read: (message) => {
        const { success, data, error } = webviewMessageSchema.safeParse(message);
        if (!success) return error.message;
        // What commands are called with.
        if (data.type === 'compare') return data.runIds.map((id) => id.length);
        return 'runId' in data ? data.runId.length : data.type;
      },
    }),
  ),
  target<unknown>('kept states of pages', () =>
    Promise.resolve({
      make: (random) => mutatedValue({ runIds: [runId], choices: { layer: 'stem.conv' } }, random),
      read: (state) => keptStateSchema.safeParse(state),
    }),
  ),
  target<unknown>('messages of the measuring process', () =>
    Promise.resolve({
      make: (random) => mutatedValue(pick(random, latencyMessages), random),
      read: (message) => latencyMessageSchema.safeParse(message),
    }),
  ),
  target<string>('answers of the engine process', () =>
    Promise.resolve({
      isRefusal: isReasoned,
      make: (random) =>
        random.below(2) === 0
          ? `some noise\nmeasured ${jsonText(mutatedValue(rate, random), random)}\n`
          : `${Buffer.from(mutatedJson({ tensorflow: '2.9.1' }, random))
              .toString()
              .replace(/^/, 'agrees ')}\n`,
      read: (answer) => {
        if (answer.startsWith('agrees')) versionsIn(answer);
        else measuredRateIn(answer);
      },
    }),
  ),
];
