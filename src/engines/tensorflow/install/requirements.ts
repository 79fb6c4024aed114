/** What a Python package asks of another one. */
export interface Requirement {
  readonly name: string;
  /** Such as `<13.0,>=12.5.3.2`. */
  readonly range: string;
}

/** NVIDIA's libraries that TensorFlow's wheel wants on a GPU, from its METADATA (`Requires-Dist`, extra `and-cuda`). */
export function cudaRequirements(metadata: string): Requirement[] {
  // Nothing in it goes on into the next line: of many lines that have no end each would be looked for in all that follow.
  const line = /^Requires-Dist: (nvidia-[\w-]+?)[ \t]*\(?([<>=!~][^;)\n]*)\)?[ \t]*;[ \t]*extra == ["']and-cuda["']/gm;
  return [...metadata.matchAll(line)].map(([, name, range]) => ({ name: name!, range: range!.trim() }));
}

/** The newest of the versions that is in the range; pre-releases are passed over. */
export function newestWithin(versions: readonly string[], range: string): string | undefined {
  const bounds = range.split(',').map((bound) => /^\s*(<=|>=|==|<|>)\s*([\d.]+)/.exec(bound));
  const holds = (version: string) => bounds.every((bound) => !bound || within(compare(version, bound[2]!), bound[1]!));
  return versions
    .filter((version) => /^[\d.]+$/.test(version) && holds(version))
    .sort(compare)
    .at(-1);
}

function within(order: number, relation: string): boolean {
  if (relation === '<') return order < 0;
  if (relation === '>') return order > 0;
  if (relation === '<=') return order <= 0;
  if (relation === '>=') return order >= 0;
  return order === 0;
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
