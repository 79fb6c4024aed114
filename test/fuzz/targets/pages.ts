import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { RandomStream } from '../../../src/base/random';
import type { HostMessage } from '../../../src/protocol/messages';
import { packed, unpacked } from '../../../src/protocol/packed/packedMessage';
import { readHistory } from '../../../src/runs/folder/reader';
import { fileNames } from '../../../src/runs/model/format';
import { advance, emptyHistory, type RunHistory } from '../../../src/runs/model/history';
import { plainHistory } from '../../fixtures/plainHistory';
import { pick } from '../mutations';
import { target, type FuzzTarget } from '../target';
import { events, layers, sampleRun } from './runFolder';

/** What pages receive of a stranger's run: it has to come out of its packing as it went in, whatever the run says. */

interface Changed {
  readonly file: string;
  readonly bytes: Uint8Array;
}

export const pageTargets: readonly FuzzTarget[] = [
  target<Changed>('messages to pages', async (folder) => {
    const run = await sampleRun(folder);
    const samples = new Map<string, Buffer>();
    for (const file of [fileNames.events, fileNames.layers]) samples.set(file, await readFile(join(run, file)));
    return {
      make: (random: RandomStream) => {
        const file = pick(random, [...samples.keys()]);
        const mutation = file === fileNames.events ? events : layers;
        return { file, bytes: mutation(samples.get(file)!, random) };
      },
      read: async (changed) => {
        for (const [file, sample] of samples)
          await writeFile(join(run, file), file === changed.file ? changed.bytes : sample);
        const history = await readHistory(run);
        expectSame(history, throughRuns(history));
        expectSame(history, throughUpdates(history));
      },
    };
  }),
];

/** As it comes out of VS Code on the other side. */
function carried<Message extends HostMessage>(message: Message): Message {
  return unpacked(structuredClone(packed(message))) as Message;
}

function throughRuns(history: RunHistory): RunHistory {
  return carried({ type: 'runs', runs: [history], awaited: [] }).runs[0]!;
}

/** The events and records one after another, as a page gets them while a run goes on. */
function throughUpdates(history: RunHistory): RunHistory {
  const { manifest, status, certificate, sensitivity } = history;
  const { id } = manifest;
  let followed = { ...emptyHistory(manifest, status), certificate, sensitivity };
  const tell = (delta: Partial<Parameters<typeof advance>[1]>): void => {
    const whole = { id, manifest, status, events: [], records: [], ...delta };
    followed = advance(followed, carried({ type: 'update', delta: whole }).delta);
  };
  tell({ events: history.epochs });
  tell({ events: history.prunings.map(({ event }) => event) });
  tell({ records: history.prunings.map(({ event, record }) => ({ number: event.record, record })) });
  const { epochs, prunings } = followed;
  return { ...history, epochs, prunings };
}

function expectSame(history: RunHistory, received: RunHistory): void {
  if (!isDeepStrictEqual(timeless(received), timeless(history))) throw new TypeError('The page gets another run.');
}

/** What is no time in a file is none in a page, and what is one may be written in another way. */
function timeless(history: RunHistory): unknown {
  return JSON.parse(JSON.stringify(plainHistory(history), (key, value: unknown) => (key === 'time' ? '' : value)));
}
