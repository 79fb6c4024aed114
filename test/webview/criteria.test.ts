import { expect, test } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import { plausibleSensitivity } from '../fixtures/plausibleSensitivity';
import { hoverForTip } from './support/hoverForTip';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('dashboard', {}, (opened) => {
  view = opened;
});

const finished = plausibleRun({ epochs: 3 }).history;
const sensitivity = plausibleSensitivity();
const { pairs } = sensitivity.criteria;
const section = () => view.page.getByRole('region', { name: 'Agreement of the criteria' });
/** The rows' texts, once there are rows: reading alone does not wait for the view to be drawn. */
const texts = async (role: 'table' | 'grid', name: string): Promise<string[]> => {
  const rows = section().getByRole(role, { name }).getByRole('row');
  await rows.nth(1).waitFor();
  return (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
};

test('every pair of criteria has its rank correlation and its overlap over all layers', async () => {
  await view.send({ type: 'runs', runs: [{ ...finished, sensitivity }] });
  const [header, ...rows] = await texts('table', 'Agreement of the criteria of resnet20-l2');
  expect(header).toBe('Criteria Rank correlation Overlap of the masks');
  expect(rows.map((row) => row.split(' ').slice(0, 3).join(' '))).toEqual(pairs.map(({ a, b }) => `${a} and ${b}`));
  const [first] = pairs;
  const mean = first!.layers.reduce((sum, { rankCorrelation }) => sum + rankCorrelation!, 0) / first!.layers.length;
  expect(rows[0]).toContain(`l1 and l2 ${mean.toFixed(2)} `);
  // Filters in both and in either, counted from the overlap of each layer: whole numbers.
  const both = first!.layers.map(({ pruned, maskOverlap }) =>
    Math.round((2 * pruned * maskOverlap) / (1 + maskOverlap)),
  );
  const either = first!.layers.map(({ pruned }, index) => 2 * pruned - both[index]!);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  expect(rows[0]).toContain(`${((100 * sum(both)) / sum(either)).toFixed(0)} %`);
  const tip = await hoverForTip(section().getByText('Overlap of the masks').first());
  await tip.getByText('Filters that both criteria would prune next').waitFor();
});

test('layers are told on demand, by one measure or the other, which is kept', async () => {
  await view.send({ type: 'runs', runs: [{ ...finished, sensitivity }] });
  await section().getByText('Layer by layer').click();
  const [header, ...rows] = await texts('grid', 'Rank correlation by layer');
  expect(header).toBe(`Layer ${pairs.map(({ a, b }) => `${a}, ${b}`).join(' ')}`);
  expect(rows[3]).toBe(
    `${pairs[0]!.layers[3]!.name} ${pairs.map(({ layers }) => layers[3]!.rankCorrelation!.toFixed(2).replace('-0.00', '0.00').replace('-', '−')).join(' ')}`,
  );
  await section().getByRole('combobox', { name: 'What is told of each layer' }).click();
  await view.page.getByRole('option', { name: 'Overlap of the masks' }).click();
  const overlaps = await texts('grid', 'Overlap of the masks by layer');
  expect(overlaps[1]).toBe(
    `stem.conv ${pairs.map(({ layers }) => `${(100 * layers[0]!.maskOverlap).toFixed(0)} %`).join(' ')}`,
  );
  await view.page.reload();
  await view.send({ type: 'runs', runs: [{ ...finished, sensitivity }] });
  await section().getByText('Layer by layer').click();
  await section().getByRole('grid', { name: 'Overlap of the masks by layer' }).waitFor();
});

test('where a correlation is not defined there is a dash, and nothing where nothing was measured', async () => {
  const undefinedPairs = pairs.map((pair) => ({
    ...pair,
    layers: pair.layers.map((layer) => ({ ...layer, rankCorrelation: null })),
  }));
  const criteria = { ...sensitivity.criteria, pairs: undefinedPairs };
  await view.send({ type: 'runs', runs: [{ ...finished, sensitivity: { ...sensitivity, criteria } }] });
  expect((await texts('table', 'Agreement of the criteria of resnet20-l2'))[1]).toMatch(/^l1 and l2 – \d+ %$/);
  await view.send({ type: 'runs', runs: [{ ...finished, sensitivity: null }] });
  await view.page.getByText('how far the criteria agree').waitFor();
  expect(await section().count()).toBe(0);
});
