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

  rootOf(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined && parent !== root;) {
      root = parent;
      parent = this.#parents.get(root);
    }
    this.#parents.set(key, root);
    return root;
  }
}
