import { expect, it } from 'vitest';
import { patternPlace } from '../../../src/config/patternPlace';

/** The place at `|` in a text, with what it would be replaced by. */
function at(
  marked: string,
): { replaced: string; hasValue: boolean; others: readonly string[]; without: unknown } | null {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const place = patternPlace(text, offset);
  if (place === null) return null;
  const { hasValue, others, without } = place;
  const replaced = text.slice(place.offset, place.offset + place.length);
  return { replaced, hasValue, others, without: JSON.parse(without) as unknown };
}

it('between the braces of layers a name may come', () => {
  expect(at('{ "pruning": { "rate": 0.4, "layers": { | } } }')).toEqual({
    replaced: '',
    hasValue: false,
    others: [],
    without: { pruning: { rate: 0.4 } },
  });
});

it('a name that is begun is replaced with its quotes, and what is there besides is known', () => {
  const place = at('{ "model": { "depth": 56 }, "pruning": { "layers": { "fc.*": { "rate": 0.1 }, "sta|" } } }');
  expect(place).toEqual({
    replaced: '"sta"',
    hasValue: false,
    others: ['fc.*'],
    without: { model: { depth: 56 }, pruning: {} },
  });
});

it('a name with a setting keeps it', () => {
  expect(at('{ "pruning": { "layers": { "stage|1": { "rate": 0.1 } } } }')).toMatchObject({
    replaced: '"stage1"',
    hasValue: true,
    others: [],
  });
});

it('a name whose quote is missing ends at the cursor', () => {
  expect(at('{ "pruning": { "layers": { "sta|\n } }, "name": "x" }')).toMatchObject({ replaced: '"sta' });
});

it('elsewhere there is no place for a pattern', () => {
  for (const text of [
    '{ | }',
    '{ "pruning": { "lay|" } }',
    '{ "pruning": { "layers": { "a": { "|" } } } }',
    '{ "pruning": { "layers": { "a": | } } }',
    '{ "data": { "layers": { "|" } } }',
    '|',
    '[[[|',
  ])
    expect(at(text), text).toBeNull();
});

it('a text that is no config is not read at all', () => {
  expect(patternPlace('['.repeat(3000), 3000)).toBeNull();
  expect(patternPlace(`{ "pruning": { "layers": { "${'a'.repeat(1_000_000)}`, 40)).toBeNull();
});
