import type { RandomStream } from '../../src/base/random';

/** Changes to valid samples that files from strangers, damaged disks and broken downloads have. */

export function pick<Value>(random: RandomStream, values: readonly Value[]): Value {
  return values[random.below(values.length)]!;
}

const numbers = [
  0,
  -1,
  1,
  0.5,
  7,
  255,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2e8,
  2 ** 53,
  1e300,
  -1e300,
  1e-300,
  5e-324,
];
const deep = 'a value that is nested deep';
const unusual = [
  '',
  ' ',
  '*',
  '..',
  '../../x',
  '/etc/passwd',
  '__proto__',
  'constructor',
  '\u0000',
  '\u001b]52;c;AA\u0007',
  '\ud800',
  '\u202e',
];
const keys = ['', '__proto__', 'constructor', 'length', 'name', 'toString', '0', 'x'.repeat(300)];

function strangeValue(random: RandomStream): unknown {
  return pick<() => unknown>(random, [
    () => null,
    () => pick(random, numbers),
    () => pick(random, numbers),
    () => pick(random, unusual),
    () => pick(random, ['a', '*', '([a-z]+)+', '../', '\\', '"', '[', 'é', '😀']).repeat(1 + random.below(20_000)),
    () => deep,
    () => [],
    () => ({}),
    () => Array.from({ length: random.below(2000) }, () => pick(random, numbers)),
    () => Object.fromEntries(Array.from({ length: random.below(500) }, (_, index) => [`key${index}`, index])),
    () => random.below(2) === 0,
  ])();
}

/** What copies of copies may come to: sizes are other targets' business. */
const mostPlaces = 20_000;

type Parent = Record<string | number, unknown>;

/** A place in a value: an object or a list, and one of its keys. Longer values have more places. */
function places(value: unknown, found: (readonly [Parent, string | number])[] = []): typeof found {
  if (typeof value !== 'object' || value === null) return found;
  const parent = value as Parent;
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    found.push([parent, key]);
    places(parent[key], found);
  }
  return found;
}

/** A copy of a JSON value that is another one at one to four of its places. */
export function mutatedValue(sample: unknown, random: RandomStream): unknown {
  const root = { value: structuredClone(sample) };
  const count = 1 + random.below(4);
  for (let change = 0; change < count; change++) {
    const all = places(root);
    if (all.length === 0 || all.length > mostPlaces) break;
    const [parent, key] = pick(random, all);
    pick(random, changes)(parent, key, random, all);
  }
  return root.value;
}

type Change = (parent: Parent, key: string | number, random: RandomStream, all: ReturnType<typeof places>) => void;

const replaced: Change = (parent, key, random) => {
  parent[key] = strangeValue(random);
};
const changes: readonly Change[] = [
  replaced,
  replaced,
  (parent, key, random) => {
    // A number stays one, and a text a text: more of these get past a reader's first look.
    if (typeof parent[key] === 'number') parent[key] = pick(random, numbers);
    else if (typeof parent[key] === 'string') parent[key] = pick(random, unusual);
    else parent[key] = strangeValue(random);
  },
  (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else Reflect.deleteProperty(parent, key);
  },
  (parent, key, random, all) => {
    const [other, otherKey] = pick(random, all);
    parent[key] = structuredClone(other[otherKey]);
  },
  (parent, key, random) => {
    const value = parent[key];
    if (Array.isArray(parent)) parent.push(...Array.from({ length: random.below(50) }, () => structuredClone(value)));
    else
      Object.defineProperty(parent, pick(random, keys), {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  },
];

/** The value as JSON text; deep nesting is put in as text, as `JSON.stringify` could not write it. */
export function jsonText(value: unknown, random: RandomStream): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  if (!text.includes(deep)) return text;
  const depth = 1 + random.below(20_000);
  const [open, close] = pick(random, [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return text.replaceAll(JSON.stringify(deep), `${open.repeat(depth)}1${close.repeat(depth)}`);
}

/** A JSON text that is another value, or as a text no longer whole. */
export function mutatedJson(sample: unknown, random: RandomStream): Uint8Array {
  const text = jsonText(random.below(8) === 0 ? sample : mutatedValue(sample, random), random);
  const bytes = Buffer.from(text);
  return random.below(3) === 0 ? mutatedBytes(bytes, random) : bytes;
}

/** Bytes with one to eight changes. */
export function mutatedBytes(sample: Uint8Array, random: RandomStream): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(sample);
  const count = 1 + random.below(8);
  for (let change = 0; change < count; change++) bytes = pick(random, byteChanges)(bytes, random);
  return bytes;
}

type ByteChange = (bytes: Uint8Array, random: RandomStream) => Uint8Array;

/** The beginning of a file says what the rest is: it is changed more often than its share. */
function position(bytes: Uint8Array, random: RandomStream): number {
  const reach = random.below(2) === 0 ? Math.min(bytes.length, 64) : bytes.length;
  return reach === 0 ? 0 : random.below(reach);
}

const words = [0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const byteChanges: readonly ByteChange[] = [
  (bytes, random) => {
    if (bytes.length > 0) bytes[position(bytes, random)]! ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length > 0) bytes[position(bytes, random)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length < 4) return bytes;
    const at = Math.min(position(bytes, random), bytes.length - 4);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, pick(random, words), random.below(2) === 0);
    return bytes;
  },
  (bytes, random) => bytes.slice(0, position(bytes, random)),
  (bytes, random) => {
    const [from, to] = [position(bytes, random), position(bytes, random)];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const at = position(bytes, random);
    const more = Uint8Array.from({ length: random.below(64) }, () => random.below(256));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = position(bytes, random);
    bytes.fill(0, at, Math.min(bytes.length, at + random.below(512)));
    return bytes;
  },
  (bytes, random) => {
    const [from, to] = [position(bytes, random), position(bytes, random)];
    bytes.copyWithin(to, from, from + random.below(128));
    return bytes;
  },
];
