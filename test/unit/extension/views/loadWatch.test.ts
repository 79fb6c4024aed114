import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoadWatch, triesAtMost, type Late } from '../../../../src/extension/views/loadWatch';

let late: Late[];
beforeEach(() => {
  vi.useFakeTimers();
  late = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(triesBefore = 0): LoadWatch {
  return new LoadWatch((failed) => late.push(failed), triesBefore);
}

test('a page that says ready within three seconds is left alone', () => {
  const watched = watch();
  const load = watched.begin();
  vi.advanceTimersByTime(2999);
  expect(watched.ready(load)).toBe(true);
  vi.advanceTimersByTime(100_000);
  expect(late).toEqual([]);
  expect(watched.isReady).toBe(true);
});

test('a silent page is late after three seconds, and late once for each try', () => {
  const watched = watch();
  watched.begin();
  vi.advanceTimersByTime(3000);
  expect(late).toEqual([{ number: 1, within: 3000, remedy: 'load again' }]);
  vi.advanceTimersByTime(100_000);
  expect(late).toHaveLength(1);
});

test('the tries are bounded: loaded again and made anew in turn, each longer, then given up', () => {
  for (let tries = 0; tries < triesAtMost; tries++) {
    watch(tries).begin();
    vi.advanceTimersByTime(100_000);
  }
  expect(late.map(({ remedy }) => remedy)).toEqual([
    ...['load again', 'make anew'],
    ...['load again', 'make anew'],
    ...['load again', 'give up'],
  ]);
  expect(late.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(late.map(({ within }) => within)).toEqual(late.map(({ within }) => within).toSorted((a, b) => a - b));
});

test('a late word of a document that was replaced does not count for the newest', () => {
  const watched = watch();
  const first = watched.begin();
  vi.advanceTimersByTime(3000);
  const second = watched.begin();
  expect(watched.ready(first)).toBe(false);
  expect(watched.isReady).toBe(false);
  vi.advanceTimersByTime(100_000);
  expect(late.map(({ number }) => number)).toEqual([1, 2]);
  expect(watched.ready(second)).toBe(true);
});

test('being told again that it is visible neither uses up tries nor gives it longer', () => {
  const watched = watch();
  watched.begin();
  for (let told = 0; told < 5; told++) {
    vi.advanceTimersByTime(500);
    watched.visibilityChanged(true);
  }
  vi.advanceTimersByTime(500);
  expect(late).toEqual([{ number: 1, within: 3000, remedy: 'load again' }]);
});

test('a hidden page is not waited for, and has all its tries when it appears', () => {
  const watched = watch(2);
  const load = watched.begin();
  watched.visibilityChanged(false);
  vi.advanceTimersByTime(100_000);
  expect(late).toEqual([]);
  watched.visibilityChanged(true);
  expect(watched.isReady).toBe(false);
  vi.advanceTimersByTime(3000);
  expect(late).toEqual([{ number: 1, within: 3000, remedy: 'load again' }]);
  // What VS Code loads anew is the same document.
  expect(watched.ready(load)).toBe(true);
});

test('a page that is gone is not waited for', () => {
  const watched = watch();
  watched.begin();
  watched.dispose();
  vi.advanceTimersByTime(100_000);
  expect(late).toEqual([]);
});
