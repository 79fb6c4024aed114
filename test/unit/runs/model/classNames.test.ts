import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../../../src/config/schema';
import { classNamesOf, firstNames } from '../../../../src/runs/model/classNames';
import { ownData } from '../../../fixtures/plausibleRun';

const configOf = (data: object) => runConfigSchema.parse({ name: 'net', data });
const own = configOf({ folder: './images' });

describe('the classes of a run', () => {
  it('are those of the known data set that its config names', () => {
    expect(classNamesOf({ config: configOf({}) })).toContain('airplane');
    expect(classNamesOf({ config: configOf({ dataset: 'cifar100' }) })).toHaveLength(100);
    expect(classNamesOf({ config: configOf({ dataset: 'mnist' }), data: ownData(['cat', 'dog']) })).toContain('7');
  });

  it('are those that were found with images of the user’s own', () => {
    expect(classNamesOf({ config: own, data: ownData(['кошка', 'dog']) })).toEqual(['кошка', 'dog']);
  });

  it('are not known where a run.json does not tell what its own images are', () => {
    expect(classNamesOf({ config: own })).toBeNull();
  });

  it('have names of a length that can be shown, with whole characters', () => {
    const [long, short] = classNamesOf({ config: own, data: ownData(['🐈'.repeat(500_000), 'dog']) })!;
    expect(long).toBe(`${'🐈'.repeat(199)}…`);
    expect(short).toBe('dog');
  });
});

describe('the first names', () => {
  it('are all where they fit', () => {
    expect(firstNames(['cat', 'dog'], 10)).toEqual(['cat', 'dog']);
  });

  it('are fewer where they do not', () => {
    expect(firstNames(['cat', 'dog', 'frog'], 10)).toEqual(['cat', 'dog']);
    expect(firstNames(['cat', 'dog', 'frog'], 9)).toEqual(['cat']);
  });

  it('are one at least, cut to the length', () => {
    expect(firstNames(['a'.repeat(50), 'dog'], 8)).toEqual(['aaaaaaa…']);
    expect(firstNames([], 8)).toEqual([]);
  });
});
