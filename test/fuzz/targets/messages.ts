import { latencyMessageSchema } from '../../../src/latency/orders';
import { measuredRateIn, versionsIn } from '../../../src/engines/choice/answers';
import { keptStateSchema, webviewMessageSchema, type WebviewMessage } from '../../../src/protocol/messages';
import { jsonText, mutatedJson, mutatedValue, pick } from '../mutations';
import { isReasoned, target, type FuzzTarget } from '../target';

/** Messages between processes, and between pages and the extension. */

const runId = '20261124T060721Z-resnet20-l2-3fa9c1';
const webviewMessages: readonly WebviewMessage[] = [
  { type: 'ready', load: 1 },
  { type: 'stop', runId },
  { type: 'writeSuggestedRates', runId, drop: 0.01 },
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

export const messageTargets: readonly FuzzTarget[] = [
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
