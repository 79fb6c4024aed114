import { describe, expect, test } from 'vitest';
import {
  emptyQueue,
  mostEnded,
  queueSchema,
  withAdded,
  withEnded,
  withMoved,
  withPause,
  type Queue,
} from '../../../../src/scheduling/queue/queue';

function queueOf(...folders: string[]): Queue {
  return withAdded(
    emptyQueue,
    folders.map((folder) => ({ folder, niceness: 0 })),
  );
}

const foldersOf = ({ runs }: Queue): string[] => runs.map(({ folder }) => folder);

describe('a queue', () => {
  test('takes runs up at its end, each once, and forgets that they had ended', () => {
    const before = { ...queueOf('/a', '/b'), ended: ['/c', '/d'] };
    const added = withAdded(before, [
      { folder: '/b', niceness: 10 },
      { folder: '/c', niceness: 10 },
    ]);
    expect(added.runs).toEqual([
      { folder: '/a', niceness: 0 },
      { folder: '/b', niceness: 0 },
      { folder: '/c', niceness: 10 },
    ]);
    expect(added.ended).toEqual(['/d']);
  });

  test('keeps of runs that ended the newest that may be retried in mind', () => {
    const before = { ...queueOf('/a', '/b', '/c'), ended: ['/b', '/old'] };
    const after = withEnded(
      before,
      new Map([
        ['/a', 'done'],
        ['/b', 'retriable'],
      ]),
    );
    expect(foldersOf(after)).toEqual(['/c']);
    expect(after.ended).toEqual(['/old', '/b']);
    const many = Array.from({ length: mostEnded + 5 }, (_, index) => [`/${index}`, 'retriable'] as const);
    expect(withEnded(before, new Map(many)).ended).toHaveLength(mostEnded);
  });

  test.each([
    ['the first', '/d', 1, ['/a', '/d', '/b', '/c']],
    ['the middle', '/b', 2, ['/a', '/c', '/b', '/d']],
    ['the last', '/b', Number.MAX_SAFE_INTEGER, ['/a', '/c', '/d', '/b']],
    ['where it is', '/c', 2, ['/a', '/b', '/c', '/d']],
    ['a place for one that trains', '/a', 3, ['/a', '/b', '/c', '/d']],
    ['a place for one that is not there', '/e', 1, ['/a', '/b', '/c', '/d']],
  ])('moves a run that waits to %s', (_, folder, place, expected) => {
    const moved = withMoved(queueOf('/a', '/b', '/c', '/d'), folder, place, (each) => each !== '/a');
    expect(foldersOf(moved)).toEqual(expected);
  });

  test('that is paused keeps its reason and its time', () => {
    const full = withPause(emptyQueue, 'The disk is full.', new Date(0));
    expect(full.paused).toEqual({ since: '1970-01-01T00:00:00.000Z', why: 'The disk is full.' });
    expect(withPause(full, null).paused).toEqual(full.paused);
  });

  test.each([
    ['a relative niceness', { runs: [{ folder: '/a', niceness: -1 }] }],
    ['a folder without a name', { runs: [{ folder: '', niceness: 0 }] }],
    ['no run at once', { slots: { runs: 0, threads: null } }],
    ['another version', { formatVersion: 2 }],
  ])('does not say %s', (_, wrong) => {
    expect(queueSchema.safeParse({ ...emptyQueue, ...wrong }).success).toBe(false);
  });
});
