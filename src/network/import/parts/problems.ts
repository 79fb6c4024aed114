import { visibleText } from '../../../base/visibleText';
import { mostProblems, type ImportProblem } from './importedNetwork';

/** What is found wrong with a network, as far as anybody reads. */
export class Problems {
  readonly #found: ImportProblem[] = [];
  #more = 0;

  add(node: string, operator: string, reason: string): void {
    if (this.#found.length < mostProblems - 1)
      this.#found.push({
        node: visibleText(node.slice(0, 300)),
        operator: visibleText(operator.slice(0, 100)),
        reason: visibleText(reason.slice(0, 2000)),
      });
    else this.#more++;
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  get list(): ImportProblem[] {
    const more = { node: '', operator: '', reason: `There are ${this.#more} more problems.` };
    return this.#more === 0 ? this.#found : [...this.#found, more];
  }
}
