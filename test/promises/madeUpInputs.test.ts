import { describe, expect, it } from 'vitest';
import { campaign } from '../fuzz/campaign';
import { targets } from '../fuzz/targets';
import { temporaryFolder } from '../fixtures/temporaryFolder';

/** `npm run fuzz` makes up 100,000 inputs for each. */
const inputs = 40;

describe('made-up inputs are read or refused with a typed error, within bounds', () => {
  it.each(targets.map((target) => [target.name, target] as const))('%s', async (_, target) => {
    const { broken, ...result } = await campaign(target, temporaryFolder(), { seed: 2026, inputs });
    expect(broken).toEqual([]);
    expect(result.inputs).toBe(inputs);
  });
});
