import { expect, test } from 'vitest';
import { heldSentence } from '../../../../src/runs/model/heldSentence';

test('says since when masks are held, which network is trained, and why', () => {
  expect(heldSentence({ epoch: 0, whyWhole: null })).toBe(
    'From epoch 1 on the masks are held, and the compact network is trained.',
  );
  expect(heldSentence({ epoch: 3, whyWhole: '"add" adds layers that keep different filters.' })).toBe(
    'From epoch 4 on the masks are held, but the whole network is trained: "add" adds layers that keep different filters.',
  );
});
