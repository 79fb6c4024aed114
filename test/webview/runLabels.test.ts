import { expect, test } from 'vitest';
import { denseNetwork } from '../fixtures/branchingNetworks';
import { plausibleRun, type PlausibleOptions } from '../fixtures/plausibleRun';
import { comparedRows } from '../../webview/compare/comparedRows';
import { runLabels } from '../../webview/components/runLabels';

const run = (options: PlausibleOptions) => plausibleRun({ epochs: 4, ...options }).history;
const [l1, l2] = [run({ criterion: 'l1', name: 'net-l1' }), run({ criterion: 'l2', name: 'net-l2' })];
const baseline = (of: typeof l1, kind: 'dense' | 'hard' | 'narrow', options: PlausibleOptions = {}) => {
  const { id, name, config } = of.manifest;
  const { criterion } = config.pruning;
  return run({ criterion, name: `${name}-${kind}`, baseline: { of: id, kind }, ...options });
};
const labels = (...runs: Parameters<typeof runLabels>[0]) => runLabels(runs).map(({ label }) => label);

test('runs are called by what differs between them', () => {
  expect(labels(l1, l2)).toEqual(['L1', 'L2']);
  expect(labels(l1)).toEqual(['net-l1']);
});

test('networks and images are called by the setting that names them, and no setting that another one leaves without effect', () => {
  const own = run({ criterion: 'l2', network: denseNetwork([1]), classes: ['cat', 'dog'], name: 'own' });
  expect(labels(own, l1)).toEqual(['densenet.onnx, images, L2', 'resnet20, cifar10, L1']);
  expect(labels(l1, run({ criterion: 'l1', arch: 'resnet56' }))).toEqual(['resnet20', 'resnet56']);
  expect(labels(own, run({ criterion: 'l2', classes: ['cat', 'dog'] }))).toEqual(['densenet.onnx', 'resnet20']);
});

test('baselines are called by their kind, and change no other label, letter or colour', () => {
  const all = [l1, l2, baseline(l1, 'dense', { rate: 0 }), baseline(l1, 'hard'), baseline(l1, 'narrow', { rate: 0 })];
  expect(labels(...all)).toEqual(['L1', 'L2', 'dense', 'hard', 'narrow from scratch']);
  expect(runLabels(all).slice(0, 2)).toEqual(runLabels([l1, l2]));
  expect(labels(l1, baseline(l1, 'dense'))).toEqual(['net-l1', 'dense']);
});

test('where two runs have one of a kind, it is said whose it is', () => {
  expect(labels(l1, l2, baseline(l1, 'dense'), baseline(l2, 'dense'), baseline(l2, 'hard'))).toEqual([
    ...['L1', 'L2', 'dense, of L1', 'dense, of L2', 'hard'],
  ]);
});

test('baselines whose runs are not there, or twins, are called by their names', () => {
  expect(labels(baseline(l1, 'dense'), baseline(l2, 'dense'))).toEqual(['net-l1-dense', 'net-l2-dense']);
  const twin = baseline(l1, 'dense', { name: 'net-l1-dense-again' });
  expect(labels(l1, baseline(l1, 'dense'), twin)).toEqual(['net-l1', 'net-l1-dense', 'net-l1-dense-again']);
});

test('rows of runs that differ by their seed alone are called as the runs are, by the names of networks and images', () => {
  const seeds = [1, 2].flatMap((seed) => [
    run({ criterion: 'l2', seed, network: denseNetwork([1]), classes: ['cat', 'dog'], name: `own-${seed}` }),
    run({ criterion: 'l1', seed, name: `net-${seed}` }),
  ]);
  expect(comparedRows(seeds, runLabels(seeds), true).map(({ label }) => label.label)).toEqual([
    'densenet.onnx, images, L2, mean of 2 seeds',
    'resnet20, cifar10, L1, mean of 2 seeds',
  ]);
  const alone = seeds.filter((_, index) => index % 2 === 1);
  expect(comparedRows(alone, runLabels(alone), true).map(({ label }) => label.label)).toEqual(['mean of 2 seeds']);
});
