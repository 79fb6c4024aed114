import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../../../src/config/schema';
import { Checkpoints } from '../../../../src/runs/checkpoints/checkpoints';
import { readCheckpoint } from '../../../../src/runs/checkpoints/checkpoints';
import { noSteps } from '../../../../src/runs/checkpoints/partialEpoch';
import { PruningLoop } from '../../../../src/training/loop/pruningLoop';
import type { ResumePoint } from '../../../../src/training/loop/trainingPosition';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';
import { FakeJournal, FakeNetwork, fakeSetup } from './fakeTraining';

const never = new AbortController().signal;

async function run(pruning: ConfigInput['pruning'], epochs = 3, network = new FakeNetwork()) {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'checkpoints'));
  const journal = new FakeJournal();
  const setup = fakeSetup(network, pruning, epochs);
  const summary = await new PruningLoop(setup, journal, new Checkpoints(folder), never).run();
  const told = journal.events.flatMap((event) => {
    if (event.type === 'pruned') return [`prune ${event.layers[0]!.pruned} at ${Number(event.rate.toFixed(4))}`];
    if (event.type !== 'epoch') return [];
    return [`epoch ${event.epoch}: ${event.before?.accuracy} ${event.after?.accuracy ?? '-'}`];
  });
  return { folder, network, journal, summary, told };
}

describe('the loop follows its schedule', () => {
  test('soft: prunes before and after every epoch; filters come back in between', async () => {
    const { told, network, summary } = await run({ rate: 0.5 }, 2);
    expect(told).toEqual(['prune 4 at 0.5', 'prune 4 at 0.5', 'epoch 0: 1 0.5', 'prune 4 at 0.5', 'epoch 1: 1 0.5']);
    expect(network.calls.some((call) => call.startsWith('hold'))).toBe(false);
    expect(summary).toMatchObject({ epochs: 2, validation: { accuracy: 0.5 }, test: { accuracy: 0.5 } });
  });

  test('hard: holds what it has pruned, and evaluates once where nothing changes', async () => {
    const { told, network } = await run({ rate: 0.5, schedule: 'hard' }, 2);
    expect(told).toEqual([
      'prune 4 at 0.5',
      'prune 4 at 0.5',
      'epoch 0: 0.5 0.5',
      'prune 4 at 0.5',
      'epoch 1: 0.5 0.5',
    ]);
    expect(network.calls.filter((call) => call === 'evaluate')).toHaveLength(3);
    expect(network.calls).toContain('hold conv.weight');
  });

  test('says once since when masks are held, and why the whole network is trained; not where none are', async () => {
    const heldIn = async (pruning: ConfigInput['pruning']) =>
      (await run(pruning, 4)).journal.events.filter(({ type }) => type === 'held');
    const whyWhole = 'This is a test.';
    expect(await heldIn({ rate: 0.5, schedule: 'hard' })).toEqual([{ type: 'held', epoch: 0, whyWhole }]);
    expect(await heldIn({ rate: 0.5, settleEpochs: 2 })).toEqual([{ type: 'held', epoch: 2, whyWhole }]);
    expect(await heldIn({ rate: 0.5 })).toEqual([]);
  });

  test('a run that goes on says since when its masks were held before', async () => {
    const [network, journal, folder] = [new FakeNetwork(), new FakeJournal(), temporaryFolder()];
    await mkdir(join(folder, 'checkpoints'));
    const resumed: ResumePoint = {
      position: { epoch: 3, trained: noSteps, pruned: true },
      state: await network.readState(),
      best: null,
      checkpoints: { kept: [], best: null },
      lastPruning: [{ name: 'conv', mask: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }],
      share: 1,
      importance: null,
      seconds: 0,
    };
    const setup = fakeSetup(network, { rate: 0.5, settleEpochs: 3 }, 4);
    await new PruningLoop(setup, journal, new Checkpoints(folder), never, resumed).run();
    expect(journal.events.filter(({ type }) => type === 'held')).toMatchObject([{ type: 'held', epoch: 1 }]);
  });

  test('asymptotic: the rate grows, and only the last network is as small as was asked for', async () => {
    const { told, folder } = await run({ rate: 0.5, schedule: 'asymptotic' }, 8);
    expect(told.slice(0, 2)).toEqual(['prune 3 at 0.375', 'epoch 0: 1 0.625']);
    expect(told.at(-1)).toBe('epoch 7: 1 0.5');
    const { manifest } = await readCheckpoint(join(folder, 'checkpoints', 'epoch-0007'));
    expect(manifest.share).toBe(1);
  });

  test('one-shot: prunes once, before that there is nothing pruned to choose from', async () => {
    const { told, journal } = await run({ rate: 0.5, schedule: 'one-shot', pruneAfterEpochs: 1 }, 3);
    expect(told).toEqual(['prune 4 at 0.5', 'epoch 0: 1 0.5', 'epoch 1: 0.5 0.5', 'epoch 2: 0.5 0.5']);
    const best = journal.events.flatMap((event) => (event.type === 'checkpoint' && event.best ? [event.epoch] : []));
    expect(best).toEqual([0, 1, 2]);
  });

  test('settling: the last epochs train what is left', async () => {
    const { told, network } = await run({ rate: 0.5, settleEpochs: 2, batchNorm: 'zero' }, 3);
    expect(told).toEqual([
      'prune 4 at 0.5',
      'prune 4 at 0.5',
      'epoch 0: 1 0.5',
      'epoch 1: 0.5 0.5',
      'epoch 2: 0.5 0.5',
    ]);
    expect(network.calls).toContain('hold conv.weight bn.weight bn.bias');
  });

  test('nothing to prune: one evaluation an epoch stands for both', async () => {
    const { told, network } = await run({ rate: 0 }, 2);
    expect(told).toEqual(['prune 0 at 0', 'prune 0 at 0', 'epoch 0: 1 1', 'prune 0 at 0', 'epoch 1: 1 1']);
    expect(network.calls.filter((call) => call === 'evaluate')).toHaveLength(3);
  });
});

describe('a layer of which one filter is left', () => {
  const sentence = 'One filter is left in conv: pruning leaves at least one, whatever the rate.';
  const warnings = async (rate: number, foreseen = true) => {
    const network = new FakeNetwork();
    const setup = fakeSetup(network, { rate }, 2);
    const folder = temporaryFolder();
    await mkdir(join(folder, 'checkpoints'));
    const journal = new FakeJournal();
    const told = foreseen ? setup : { ...setup, lastFilters: [] };
    await new PruningLoop(told, journal, new Checkpoints(folder), never).run();
    return journal.events.flatMap((event) =>
      event.type === 'warning' ? [event.message] : event.type === 'pruned' ? ['pruned'] : [],
    );
  };

  test('is told when training begins, and not again', async () => {
    expect(await warnings(0.99)).toEqual([sentence, 'pruned', 'pruned', 'pruned']);
  });

  test('is told once it is pruned, where that could not be foreseen', async () => {
    expect(await warnings(0.99, false)).toEqual(['pruned', sentence, 'pruned', 'pruned']);
  });

  test('is no matter where two are left', async () => {
    expect(await warnings(0.75, false)).toEqual(['pruned', 'pruned', 'pruned']);
  });
});

test('what events say is saved is what the masks save', async () => {
  const { journal } = await run({ rate: 0.5 }, 1);
  const pruned = journal.events.filter((event) => event.type === 'pruned').at(-1)!;
  const dense = 16 * 9 * 8;
  expect(pruned.multiplyAdds).toEqual({ dense, paper: dense / 2, exact: dense / 2 });
  expect(pruned.parameters).toEqual({ dense: 72 + 16 + 18, exact: 36 + 8 + 10 });
});

test('what is saved in the end counts filters that are zero beside those of the last masks', async () => {
  const { journal } = await run({ rate: 0.5, criterion: 'random' }, 3, new FakeNetwork(true));
  const finished = journal.events.find((event) => event.type === 'finished')!;
  const dense = 16 * 9 * 8;
  expect(finished.multiplyAdds.exact).toBe(dense * finished.test.accuracy);
  expect(finished.multiplyAdds.exact).toBeLessThan(dense / 2);
});

test('gradients are added up from pruning to pruning, and kept in checkpoints', async () => {
  const { network, journal, folder } = await run({ rate: 0.5, criterion: 'taylor' }, 2);
  expect(network.calls.filter((call) => call === 'importance of 0 steps')).toHaveLength(3);
  expect([...journal.records.at(-1)!.layers[0]!.mask]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  const { importance } = await readCheckpoint(join(folder, 'checkpoints', 'epoch-0001'));
  expect(importance).toMatchObject({ steps: 0 });
});
