import { expect, it } from 'vitest';
import { nextEventFile } from '../../../../src/export/tensorBoard/eventFileName';

const now = Date.UTC(2026, 0, 1);

it('is called after the time, or the next number where the clock was put back', () => {
  const first = nextEventFile(['run.json', 'events.jsonl'], now);
  expect(first).toBe('events.out.tfevents.1767225600.sfp-lab');
  const second = nextEventFile([first], now - 3_600_000);
  expect(second).toBe('events.out.tfevents.1767225601.sfp-lab');
  expect([second, first].sort()).toEqual([first, second]);
});
