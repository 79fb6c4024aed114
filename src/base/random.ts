import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A reproducible stream of random numbers. */
export interface RandomStream {
  /** Uniform integer from 0 to `bound` - 1. */
  below(bound: number): number;
  /** Standard normal deviate (Box and Muller, 1958). */
  normal(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
}

/**
 * Streams of one seed are independent by purpose (`weights`, `shuffle`, `augment`, …),
 * so that changing how much one of them draws does not change the others.
 */
export function randomStream(seed: number, purpose: string): RandomStream {
  const generator = xoroshiro128plusFromState(initialState(seed, purpose));
  const uniform = (): number => uniformFloat64(generator);
  return {
    below: (bound) => uniformInt(generator, 0, bound - 1),
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Four well-mixed words: xoroshiro seeded with a bare number starts with that number, so near seeds would start alike. */
function initialState(seed: number, purpose: string): number[] {
  return [0, 1, 2, 3].map((word) => avalanche(hash(`${word}:${seed}:${purpose}`)));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
}

/** The finaliser of MurmurHash3: every input bit changes every output bit with probability one half. */
function avalanche(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** The numbers 0 to count - 1 in random order (Fisher and Yates). */
export function permutation(count: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
