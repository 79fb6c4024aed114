import { expect, test } from 'vitest';
import { maskStrips } from '../../../../src/reports/figures/maskStrips';

test('neighbours that are kept are one rectangle, at their places', () => {
  const { text } = maskStrips([{ name: 'conv', mask: Uint8Array.of(1, 1, 0, 0, 1) }], 'masks');
  expect(text).toContain('<path class="kept k4" d="M148 2h100v9h-100zM348 2h50v9h-50z"/>');
  expect(text).toContain('>3 of 5</text>');
});

test('a wide layer has several filters in a cell, paler where more of them are pruned', () => {
  const mask = Uint8Array.from({ length: 500 }, (_, filter) => (filter < 4 ? 1 : filter < 8 ? filter % 2 : 0));
  const { text } = maskStrips([{ name: 'conv', mask }], 'masks');
  expect(text).toContain('<path class="kept k4" d="M148 2h2v9h-2z"/><path class="kept k2" d="M150 2h2v9h-2z"/>');
  expect(text).not.toMatch(/k1|k3/);
});
