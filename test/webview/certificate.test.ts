import { beforeEach, describe, expect, test } from 'vitest';
import { latencyWithAllThreads, lostSavings, realSaving } from '../../src/runs/model/certificateFindings';
import { plausibleRun } from '../fixtures/plausibleRun';
import { hoverForTip } from './support/hoverForTip';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('dashboard', {}, (opened) => {
  view = opened;
});

const certified = plausibleRun({ epochs: 6, certificate: {} });
const certificate = certified.history.certificate!;
const runId = certified.manifest.id;
const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const card = (name = 'resnet20-l2') => view.page.getByRole('region', { name: `Compact network of ${name}` });
const rowsOf = async (table: string): Promise<string[]> =>
  (await card().getByRole('table', { name: table }).getByRole('row').allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, ' ').trim(),
  );

describe('a certificate', () => {
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: [certified.history] });
    await card().waitFor();
  });

  test('says whether the networks are equal, and how it was found out', async () => {
    await card().getByText('Equal to the masked network', { exact: true }).waitFor();
    const said = (await card().innerText()).replaceAll(/\s+/g, ' ');
    expect(said).toContain('at most 4.8 × 10⁻⁶, which is 1.5 × 10⁻⁷ of their range of 31.4, on all 10,000 test images');
    expect(await card().getByRole('alert').count()).toBe(0);
  });

  test('sets accuracy, FLOPs, parameters and bytes of both side by side', async () => {
    const { multiplyAdds, accuracy } = certificate;
    const [header, ...rows] = await rowsOf('Masked and compact network of resnet20-l2');
    expect(header).toBe('Masked Compact Change');
    expect(rows[0]).toBe(
      `Test accuracy ${(100 * accuracy.masked).toFixed(2)} % ${(100 * accuracy.compact).toFixed(2)} % 0.0 points`,
    );
    expect(rows[1]).toBe(
      `FLOPs 40.6 M ${(multiplyAdds.built / 1e6).toFixed(1)} M −${percent(1 - multiplyAdds.built / multiplyAdds.dense)}`,
    );
    expect(rows[2]).toMatch(/^Parameters 270 k 1\d\d k −[\d.]+ %$/);
    expect(rows[3]).toMatch(/^ONNX file 1.09 MB \d\d\d kB −[\d.]+ %$/);
    const tip = await hoverForTip(card().getByText('FLOPs', { exact: true }));
    const { built, theoretical } = multiplyAdds;
    const [left, promised] = [built, theoretical].map((value) => value.toLocaleString('en'));
    await tip.getByText(`${left} of 40,550,400 are left; the masks alone would leave ${promised}.`).waitFor();
  });

  test('tells measured times, their spread, and real against promised saving', async () => {
    const rows = await rowsOf('Time of a forward pass, resnet20-l2');
    const latency = latencyWithAllThreads(certificate, 64)!;
    const { measured, theoretical } = realSaving(certificate, latency);
    expect(rows[0]).toBe('Forward pass Masked → compact Time saved');
    const { masked, compact } = latency;
    const spread = [masked.low, masked.high, compact.low, compact.high].map((value) => value.toFixed(1));
    expect(rows.at(-1)).toBe(
      `64 images 8 threads ${masked.median.toFixed(1)} → ${compact.median.toFixed(1)} ms ` +
        `${spread[0]}–${spread[1]} → ${spread[2]}–${spread[3]} ` +
        `${percent(measured)} ${((100 * measured) / theoretical).toFixed(0)} % of promised`,
    );
    expect(rows.slice(1).map((row) => row.split(' ').slice(0, 4).join(' '))).toEqual([
      '1 image 1 thread',
      '64 images 1 thread',
      '1 image 8 threads',
      '64 images 8 threads',
    ]);
    await card().getByText('AMD Ryzen 7 5800X').waitFor();
  });

  test('draws the saved time as a bar and the saved FLOPs as a mark on it', async () => {
    const bar = card().locator('.saving-bar').last();
    const [whole, saved, mark] = await Promise.all(
      [bar, bar.locator('.saved'), bar.locator('.mark')].map((part) => part.boundingBox()),
    );
    const { measured, theoretical } = realSaving(certificate, latencyWithAllThreads(certificate, 64)!);
    expect(saved!.width / whole!.width).toBeCloseTo(measured, 2);
    expect((mark!.x + mark!.width / 2 - whole!.x) / whole!.width).toBeCloseTo(theoretical, 2);
  });

  test('tells on demand where the rest went, the dearest first', async () => {
    const lost = lostSavings(certificate);
    const table = 'Where the rest of the saving of resnet20-l2 went';
    expect(await card().getByRole('table', { name: table }).isVisible()).toBe(false);
    await card().getByText(`Where the rest of the saving went: ${lost.length} reasons, the dearest first`).click();
    const rows = await rowsOf(table);
    expect(rows[1]).toBe(`${lost[0]!.text} ${percent(lost[0]!.share!)}`);
    expect(rows.at(-1)).toBe(`${lost.at(-1)!.text} not counted`);
    expect(rows.length).toBe(lost.length + 1);
    await card().getByText('This processor computes 8 channels together.').waitFor();
    await card()
      .getByText(/With 64.images and 8.threads, [\d.]+.% of the time\s.*explains \d+.% of that;/s)
      .waitFor();
  });

  test('leads to exports and to another measurement', async () => {
    await card().getByRole('button', { name: 'Export a network of resnet20-l2…' }).click();
    await card().getByRole('button', { name: 'Compact resnet20-l2 again' }).click();
    expect((await view.messages()).slice(1)).toEqual([
      { type: 'export', runId },
      { type: 'compact', runId },
    ]);
  });
});

test('a target of time is told with what was reached', async () => {
  await view.send({ type: 'runs', runs: [plausibleRun({ epochs: 6, certificate: { targetLatency: 0.6 } }).history] });
  const { masked, compact } = certificate.latency!.measured.find(
    ({ batch, threads }) => batch === 64 && threads === 1,
  )!;
  await card()
    .getByText(`target.latency 0.6, reached ${(compact.median / masked.median).toFixed(3)} (64 images, 1 thread)`)
    .waitFor();
});

describe('what is not as it should be', () => {
  test('a network that is not equal is an alarm, not a green sign', async () => {
    const unequal = plausibleRun({ epochs: 3, certificate: { largestDifference: 0.02 } }).history;
    await view.send({ type: 'runs', runs: [unequal] });
    await card().getByRole('alert').getByText('NOT equal to the masked network').waitFor();
    expect(await card().getByText('Equal to the masked network', { exact: true }).count()).toBe(0);
  });

  test('times that a busy machine left out say so, leave the rest of the card, and can be measured again', async () => {
    const unmeasured = plausibleRun({ epochs: 3, certificate: { measured: false } }).history;
    await view.send({ type: 'runs', runs: [unmeasured] });
    await card().getByText('Other programs kept the processor busy').waitFor();
    await card().getByRole('table', { name: 'Masked and compact network of resnet20-l2' }).waitFor();
    expect(await card().locator('.saving-bar').count()).toBe(0);
    await card().getByRole('button', { name: 'Measure resnet20-l2 again' }).click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'compact', runId: unmeasured.manifest.id });
  });

  test('a part of the test images is told to be one', async () => {
    await view.send({ type: 'runs', runs: [plausibleRun({ epochs: 3, certificate: { images: 500 } }).history] });
    await card().getByText('on 500 of 10,000 test images (data.limit).').waitFor();
  });

  test('a compact network that is slower says so in words, with an empty bar', async () => {
    const [first, ...others] = certificate.latency!.measured;
    const slower = { ...first!, compact: { median: 2 * first!.masked.median, low: 5, high: 8 } };
    const latency = { ...certificate.latency!, measured: [slower, ...others] };
    await view.send({ type: 'runs', runs: [{ ...certified.history, certificate: { ...certificate, latency } }] });
    await card().getByText('100.0 % slower').waitFor();
    expect((await card().locator('.saved').first().boundingBox())?.width ?? 0).toBe(0);
  });

  test('where all widths fit, nothing is blamed', async () => {
    await view.send({
      type: 'runs',
      runs: [{ ...certified.history, certificate: { ...certificate, lost: [] } }],
    });
    await card().getByText('All widths fit this processor').waitFor();
    expect(
      await card()
        .getByText(/reasons?, the dearest first/)
        .count(),
    ).toBe(0);
  });
});

describe('without a certificate', () => {
  test('a finished run is compacted by a button, and the certificate takes its place', async () => {
    await view.send({ type: 'runs', runs: [{ ...certified.history, certificate: null }] });
    await card().getByText('There is no compact network yet.').waitFor();
    await card().getByRole('button', { name: 'Compact this run: resnet20-l2' }).click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'compact', runId });
    await view.send({ type: 'update', delta: certified.deltas.at(-1)! });
    await card().getByText('Equal to the masked network', { exact: true }).waitFor();
    expect(
      await card()
        .getByRole('button', { name: /^Compact this run/ })
        .count(),
    ).toBe(0);
  });

  test('a run that trains is told when to expect one', async () => {
    await view.send({ type: 'runs', runs: [plausibleRun({ state: 'training' }).history] });
    await view.page.getByText('When a run has finished, its pruned filters are left out').waitFor();
    expect(await card().count()).toBe(0);
  });

  test('a run that ended early is compacted if it was pruned', async () => {
    const stopped = plausibleRun({ state: 'stopped', epochsDone: 2 }).history;
    const failed = plausibleRun({ state: 'failed', epochsDone: 0, name: 'failed' }).history;
    await view.send({ type: 'runs', runs: [stopped, failed] });
    await card().getByText('It ended early, so it was not compacted.').waitFor();
    await card().getByRole('button', { name: 'Compact this run: resnet20-l2' }).waitFor();
    await card('failed').getByText('there is nothing to compact').waitFor();
    expect(await card('failed').getByRole('button').count()).toBe(0);
  });
});
