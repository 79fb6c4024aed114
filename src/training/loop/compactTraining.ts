import type { Batch, BatchResult, CompiledNetwork, CompileOptions, Engine, Importance } from '../../engines/engine';
import { parameterSpecs } from '../../network/parameters';
import type { NetworkState } from '../../network/state';
import type { Compaction } from '../../pruning/compaction/compact';
import { cutOut } from '../../pruning/compaction/cutOut';
import { writeBack } from '../../pruning/compaction/writeBack';
import { UnseenState } from './unseenState';

/**
 * A masked network whose masks are final, trained as the compact one: steps and evaluations run what is left of it, states go
 * in and out with the shapes of the dense network. It is the same training as that of the dense network which holds the removed
 * filters, and scale and shift of their batch norm, at zero: losses and state differ by rounding (`UnseenState` says how what
 * the compact network does not have goes on), and a state that is read and written again goes on to the same bits.
 * `state` is that of the dense network; what it has of removed filters counts as zero.
 * Throws an Error with the reason where the compact network is no mere part of the dense one (`Compaction.whyNotPlain`).
 */
export async function compileCompactTraining(
  engine: Engine,
  compaction: Compaction,
  options: CompileOptions,
  state: NetworkState,
): Promise<CompiledNetwork> {
  const own = cutOut(compaction, state);
  const compiled = await engine.compile(compaction.graph, options);
  try {
    await compiled.writeState(own);
    return new CompactTraining(compiled, compaction, options, state);
  } catch (error) {
    await compiled.dispose();
    throw error;
  }
}

class CompactTraining implements CompiledNetwork {
  #unseen: UnseenState;
  /** Importance of all rows; those of removed filters never change, as a step adds nothing where all is zero. */
  #importance: ReadonlyMap<string, Float32Array>;
  /** For every set of importance the rows that stay. */
  readonly #rowsOfSets: ReadonlyMap<string, readonly number[]>;

  constructor(
    private readonly compiled: CompiledNetwork,
    private readonly compaction: Compaction,
    private readonly options: CompileOptions,
    state: NetworkState,
  ) {
    this.#unseen = new UnseenState(compaction, state, options.optimizer);
    const specs = new Map(parameterSpecs(compaction.dense).map((spec) => [spec.name, spec]));
    const firsts = [...(options.importanceOf ?? [])].map(([set, [name]]) => [set, specs.get(name!)!] as const);
    this.#rowsOfSets = new Map(firsts.map(([set, { layer }]) => [set, compaction.kept.get(layer)!]));
    this.#importance = new Map(firsts.map(([set, { shape }]) => [set, new Float32Array(shape[0]!)]));
  }

  get operators(): string | null {
    return this.compiled.operators;
  }

  async step(batch: Batch, learningRate: number, index?: number): Promise<BatchResult> {
    const result = await this.compiled.step(batch, learningRate, index);
    this.#unseen.step(learningRate);
    return result;
  }

  evaluate(batch: Batch): Promise<BatchResult> {
    return this.compiled.evaluate(batch);
  }

  predict(batch: Batch): Promise<Float32Array> {
    return this.compiled.predict(batch);
  }

  async readState(): Promise<NetworkState> {
    return writeBack(this.compaction, this.#unseen.spread(), await this.compiled.readState());
  }

  async writeState(state: NetworkState): Promise<void> {
    await this.compiled.writeState(cutOut(this.compaction, state));
    this.#unseen = new UnseenState(this.compaction, state, this.options.optimizer);
  }

  /** Changes nothing: throws when it holds anything else than what was removed. */
  async hold(rows: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { dense, kept } = this.compaction;
    for (const { name, layer, shape, axes } of parameterSpecs(dense)) {
      const living = new Set(
        axes[0] === 'output' ? kept.get(layer) : Array.from({ length: shape[0]! }, (_, row) => row),
      );
      const marks = rows.get(name) ?? new Uint8Array(shape[0]!).fill(1);
      if (marks.length !== shape[0] || marks.some((mark, row) => mark !== Number(living.has(row))))
        throw new Error(
          `A compact network holds what was removed from it, and nothing else: the rows of "${name}" differ.`,
        );
    }
    return Promise.resolve();
  }

  async readImportance(): Promise<Importance> {
    const { steps, rows } = await this.compiled.readImportance();
    const whole = [...this.#importance].map(([set, sums]): [string, Float32Array] => {
      const own = sums.slice();
      for (const [index, row] of this.#rowsOfSets.get(set)!.entries()) own[row] = rows.get(set)![index]!;
      return [set, own];
    });
    return { steps, rows: new Map(whole) };
  }

  async writeImportance({ steps, rows }: Importance): Promise<void> {
    for (const [set, sums] of this.#importance)
      if (rows.get(set)?.length !== sums.length)
        throw new Error(
          `The importance of "${set}" needs ${sums.length} values, but has ${rows.get(set)?.length ?? 'none'}.`,
        );
    const own = [...rows].map(([set, sums]): [string, Float32Array] => [
      set,
      Float32Array.from(this.#rowsOfSets.get(set) ?? sums.keys(), (row) => sums[row]!),
    ]);
    await this.compiled.writeImportance({ steps, rows: new Map(own) });
    this.#importance = new Map([...rows].map(([set, sums]) => [set, sums.slice()]));
  }

  dispose(): Promise<void> {
    return this.compiled.dispose();
  }
}
