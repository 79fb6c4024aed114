import { visibleText } from '../../../base/visibleText';

/** Room is left for what is appended to names, such as `.running_mean` or a number. */
const longest = 200;

/** Gives every layer a name of its own. */
export class LayerNames {
  readonly #taken = new Set<string>();
  /** The next number to try, by name. */
  readonly #next = new Map<string, number>();

  /** Names in `kept` are given to who asks for them as `owner` only: parameters are known by them. */
  constructor(private readonly kept: ReadonlySet<string> = new Set()) {}

  /** The name that was wished for, printable and not too long; with a number behind it where another layer has it. */
  take(wish: string, { owner = false }: { readonly owner?: boolean } = {}): string {
    const name = visibleText(wish).slice(0, longest) || 'layer';
    const isFree = (candidate: string): boolean => !this.#taken.has(candidate) && (owner || !this.kept.has(candidate));
    let free = name;
    let number = this.#next.get(name) ?? 2;
    while (!isFree(free)) free = `${name}_${number++}`;
    this.#next.set(name, number);
    this.#taken.add(free);
    return free;
  }
}
