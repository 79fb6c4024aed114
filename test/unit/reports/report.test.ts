import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { reportOf } from '../../../src/reports/report';
import type { RunHistory } from '../../../src/runs/model/history';
import { hostileRuns } from '../../fixtures/hostileReport';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { reportedExperiment } from '../../fixtures/reportedExperiment';

const experiment = reportedExperiment();
const html = reportOf(experiment, '0.1.0');

const titles = (text: string): string[] => [...text.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title!);

/** Names of the elements and attributes in a text, each once. */
function parts(text: string): { elements: Set<string>; attributes: Set<string> } {
  const tags = [...text.matchAll(/<\/?([a-z0-9]+)((?:\s+[\w-]+="[^"]*")*)\s*\/?>/gi)];
  const attributes = tags.flatMap(([, , list]) => [...list!.matchAll(/([\w-]+)="/g)].map(([, name]) => name!));
  return { elements: new Set(tags.map(([, name]) => name!)), attributes: new Set(attributes) };
}

describe('a report of an experiment', () => {
  test('tells what ran, what the seeds tell, results, curves, costs, masks, certificates and configs, in this order', () => {
    expect(html).toMatch(
      /<h1>resnet20-criteria-rates<\/h1>\n<p class="lead">14 runs of resnet20 on CIFAR-10: 6 settings, 3 seeds\./,
    );
    expect(html).toContain('What differs: baseline, pruning.criterion, pruning.rate and training.seed.');
    expect(html).toContain('1 of 14 runs has not finished and is in no mean.');
    expect(titles(html)).toEqual([
      'What the seeds tell',
      'Settings and results',
      'Accuracy over epochs',
      'What accuracy costs',
      'Masks of the final pruning',
      'Certificates of the compact networks',
      'How the runs were made',
    ]);
    expect(html).toMatch(
      /<li>[^<]*(FPGM|L1), rate 0\.3 is better than [^<]*(FPGM|L1), rate 0\.3 by [^<]* 95 % interval/,
    );
  });

  test('has means with deviation and interval of finished runs, and dashes for what has not finished', () => {
    const tests = experiment.slice(0, 3).map(({ manifest }) => 100 * manifest.summary!.test!.accuracy);
    const mean = tests.reduce((sum, each) => sum + each, 0) / 3;
    const deviation = Math.sqrt(tests.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 2);
    const half = (4.302653 * deviation) / Math.sqrt(3);
    expect(html).toContain(
      `${mean.toFixed(2)} ± ${deviation.toFixed(2)}\u202f%<small>${(mean - half).toFixed(2)} to ${(mean + half).toFixed(2)}</small>`,
    );
    const row = html.split('\n').find((line) => line.includes('>0 of 1<'))!;
    expect(row.match(/<td class="number">–<\/td>/g)!.length).toBeGreaterThan(4);
  });

  test('is the same in whatever order the runs are given', () => {
    expect(reportOf(experiment.toReversed(), '0.1.0')).toBe(html);
  });

  test('has no script, loads nothing, and allows no style but its own', () => {
    const [, style] = /<style>([^]*)<\/style>/.exec(html)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(html).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`);
    const { elements, attributes } = parts(html);
    for (const name of ['script', 'img', 'link', 'iframe', 'object', 'a', 'foreignObject', 'use', 'image'])
      expect(elements).not.toContain(name);
    for (const name of ['style', 'href', 'src', 'xlink:href', 'onload']) expect(attributes).not.toContain(name);
    expect(style).not.toMatch(/url\(|@import/);
  });

  test('marks the Pareto front of the means, and names it', () => {
    expect(html).toMatch(/On the Pareto front, the cheapest first: /);
    expect(html).toMatch(/class="ring"/);
    // Against FLOPs, against the time for 64 images, and for one.
    expect(html.match(/Accuracy against /g)!.length).toBeGreaterThanOrEqual(3);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('what a stranger writes into a run folder is text, wherever it stands', () => {
  const hostile = reportOf(hostileRuns(), '0.1.0');
  expect(hostile).toContain('&lt;img src=x onerror=&quot;document.title=1&quot;&gt;&lt;/td&gt;&#96;${1}');
  const known = parts(html);
  const { elements, attributes } = parts(hostile);
  expect([...elements].filter((name) => !known.elements.has(name) && name !== 'strong')).toEqual([]);
  expect([...attributes].filter((name) => !known.attributes.has(name))).toEqual([]);
  // Every sign that could begin an element does begin one of ours.
  expect(hostile.replaceAll(/<style>[^]*<\/style>/g, '').match(/</g)!.length).toBe(
    hostile
      .replaceAll(/<style>[^]*<\/style>/g, '')
      .match(/<\/?[a-z0-9]+(?:\s+[\w-]+="[^"]*")*\s*\/?>|<!doctype html>/gi)!.length,
  );
  // What turns the direction of text, or ends a line, can be seen.
  for (const unseen of ['\u202e', '\u0007']) expect(hostile).not.toContain(unseen);
  expect(hostile).not.toMatch(/NaN|Infinity/);
});

test('absolute paths of configs are not told, and different ones stay different settings', () => {
  const { history } = plausibleRun({ epochs: 3 });
  const from = (path: string, id: string): RunHistory => ({
    ...history,
    manifest: {
      ...history.manifest,
      id,
      config: { ...history.manifest.config, training: { ...history.manifest.config.training, initialWeights: path } },
    },
  });
  const text = reportOf([from('/home/ann/w.safetensors', 'a'), from('C:\\Users\\bob\\w.safetensors', 'b')], '0.1.0');
  expect(text).not.toMatch(/\/home\/|Users|bob/);
  expect(text).toContain('2 settings');
  expect(text).toContain('…/w.safetensors (2)');
});

test('one run without validation, pruning or certificate has a report, too', () => {
  const { history } = plausibleRun({ epochs: 3, validation: 0, rate: 0, state: 'created' });
  const text = reportOf([history], '0.1.0');
  expect(text).toContain('there is no curve');
  expect(text).toContain('No run has a compact network');
  expect(text).not.toMatch(/NaN|undefined|What the seeds tell|Masks of/);
});

test('a report of 50 runs of different settings, of 56 layers and 200 epochs, stays under 2 MB', () => {
  const { history } = plausibleRun({ arch: 'resnet56', epochs: 20, certificate: {} });
  const runs = Array.from({ length: 50 }, (_, index): RunHistory => {
    const { manifest } = history;
    const rate = 0.1 + index / 100;
    const config = { ...manifest.config, pruning: { ...manifest.config.pruning, rate } };
    const epochs = Array.from({ length: 200 }, (__, epoch) => ({ ...history.epochs[epoch % 20]!, epoch }));
    return {
      ...history,
      epochs,
      manifest: { ...manifest, id: `run-${index}`, name: `resnet56-rate-${index}`, config },
    };
  });
  const bytes = new TextEncoder().encode(reportOf(runs, '0.1.0')).length;
  expect(bytes).toBeLessThan(2_000_000);
});
