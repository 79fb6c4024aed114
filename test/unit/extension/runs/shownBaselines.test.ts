import { expect, test } from 'vitest';
import { withBaselines } from '../../../../src/extension/runs/shownBaselines';
import type { ListedRun } from '../../../../src/runs/folder/list';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const { manifest } = plausibleRun({ epochs: 2 });

/** A run as it is listed; `day` is when it was made. */
function listed(id: string, day: number, baseline?: ListedRun['baseline']): ListedRun {
  const created = `2026-01-0${day}T00:00:00.000Z`;
  return { ...manifest, id, created, folder: `/runs/${id}`, problem: null, ...(baseline && { baseline }) };
}

const runs = [
  listed('l1', 1),
  listed('l2', 1),
  listed('l1-hard', 2, { of: 'l1', kind: 'hard' }),
  listed('l1-dense', 2, { of: 'l1', kind: 'dense' }),
  listed('l1-dense-again', 3, { of: 'l1', kind: 'dense' }),
  listed('l2-dense', 3, { of: 'l2', kind: 'dense' }),
];

test('the newest baselines of the shown runs come after them', () => {
  expect(withBaselines(['l1', 'l2'], runs)).toEqual(['l1', 'l2', 'l1-dense-again', 'l1-hard', 'l2-dense']);
  expect(withBaselines(['l2'], runs)).toEqual(['l2', 'l2-dense']);
});

test('a baseline brings its run, and is shown itself', () => {
  expect(withBaselines(['l1-dense'], runs)).toEqual(['l1', 'l1-dense', 'l1-hard']);
});

test('what is shown with its baselines stays so', () => {
  const shown = withBaselines(['l2', 'l1'], runs);
  expect(withBaselines(shown, runs)).toEqual(shown);
});

test('a baseline whose run is gone is shown alone, and what is not listed is left out', () => {
  expect(withBaselines(['l1-hard', 'gone'], runs.slice(1))).toEqual(['l1-hard']);
});
