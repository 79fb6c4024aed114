import { expect, it } from 'vitest';
import { UserError } from '../../src/base/errors';
import { randomStream } from '../../src/base/random';
import { campaign } from './campaign';
import { mutatedBytes, mutatedJson } from './mutations';
import { isReasoned, target } from './target';

const options = { seed: 1, inputs: 30 };
const reading = (read: (input: number) => unknown, isRefusal?: (error: unknown) => boolean) =>
  target<number>('numbers', () =>
    Promise.resolve({ make: (random) => random.below(3), read, ...(isRefusal && { isRefusal }) }),
  );

it('a campaign tells inputs that were read and refused from those that break the reader', async () => {
  const { valid, broken, inputs } = await campaign(
    reading((input) => {
      if (input === 1) throw new UserError('Refused.');
      if (input === 2) throw new TypeError('x is undefined');
    }),
    '',
    options,
  );
  expect(inputs).toBe(30);
  expect(valid).toBeGreaterThan(0);
  expect(broken.length).toBeGreaterThan(0);
  expect(valid + broken.length).toBeLessThan(30);
  expect(broken[0]?.why).toContain('an error that is none for people: TypeError: x is undefined');
});

it('an input is the same whatever was read before it', async () => {
  const breaking = reading((input) => {
    if (input === 2) throw new TypeError('x is undefined');
  });
  const { broken } = await campaign(breaking, '', options);
  const again = await campaign(breaking, '', { seed: 1, inputs: 1, from: broken[0]!.index });
  expect(again.broken).toEqual([broken[0]]);
});

// To touch so much memory takes a busy virtual machine its time, and a broken input is tried again.
it('an input that takes more memory than it may is broken', { timeout: 180_000 }, async () => {
  const kept: Buffer[] = [];
  const { broken } = await campaign(
    reading(() => kept.push(Buffer.alloc(600 * 2 ** 20, 1))),
    '',
    { seed: 1, inputs: 1 },
  );
  expect(broken).toMatchObject([{ index: 0, why: expect.stringMatching(/^took \d+ MB$/) as string }]);
});

it.each([
  [new Error('no whole archive'), true],
  [new TypeError('x is undefined'), false],
  [new RangeError('Invalid array length'), false],
  [new Error(''), false],
  ['a text', false],
])('a reader below those that explain may throw %s: %s', (error, expected) => {
  expect(isReasoned(error)).toBe(expected);
});

it('mutations are many different ones, and the sample stays as it is', () => {
  const sample = { list: [1, 2, { name: 'conv' }], flag: true };
  const before = structuredClone(sample);
  const texts = Array.from({ length: 200 }, (_, index) =>
    Buffer.from(mutatedJson(sample, randomStream(index, 'test'))).toString('latin1'),
  );
  expect(new Set(texts).size).toBeGreaterThan(120);
  expect(sample).toEqual(before);
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
  const others = Array.from({ length: 200 }, (_, index) => mutatedBytes(bytes, randomStream(index, 'test')));
  expect(new Set(others.map((each) => Buffer.from(each).toString('hex'))).size).toBeGreaterThan(150);
  expect([...bytes]).toEqual(Array.from({ length: 100 }, (_, index) => index));
});
