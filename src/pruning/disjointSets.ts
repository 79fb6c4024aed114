/** Sets of keys that are joined one by one: union-find (Galler and Fischer, 1964). */
export class DisjointSets {
  readonly #parents = new Map<string, string>();

  members(): string[] {
    return [...this.#parents.keys()];
  }

  join(one: string, other: string): void {
    const [a, b] = [this.rootOf(one), this.rootOf(other)];
    if (a !== b) this.#parents.set(a, b);
  }

  /** Whatever is passed on the way leads to the root at once afterwards, so that long chains of joins are gone along only once. */
  rootOf(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined && parent !== root;) {
      root = parent;
      parent = this.#parents.get(root);
    }
    for (let passed = key; passed !== root;) {
      const next = this.#parents.get(passed)!;
      this.#parents.set(passed, root);
      passed = next;
    }
    this.#parents.set(root, root);
    return root;
  }
}
