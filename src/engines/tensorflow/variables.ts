import type { VariableSpec } from '../variableLayout';
import type { GraphBuilder } from './graphBuilder';
import { storedShape } from './layout';
import type { Value } from './value';

const float = { type: 'float32' } as const;

/** A variable of the session: where the graph sets it and where it reads it. */
interface Slot {
  readonly handle: string;
  readonly assignment: string;
  readonly current: Value;
}

/** Names of the graph's ends through which a state is written and read. */
export interface StateEnds {
  /** Placeholders, in the order of the variables. */
  readonly inputs: readonly string[];
  /** Stored values, in the same order. */
  readonly outputs: readonly string[];
  /** Runs when all inputs have been taken. */
  readonly written: string;
}

/** Parameters, momenta and running statistics: they live in the session, and leave it only when somebody asks for them. */
export class Variables {
  private readonly parameters: ReadonlyMap<string, Slot>;
  private readonly momenta: ReadonlyMap<string, Slot>;
  private readonly statistics: ReadonlyMap<string, Slot>;

  constructor(
    private readonly graph: GraphBuilder,
    specs: { readonly parameters: readonly VariableSpec[]; readonly statistics: readonly VariableSpec[] },
  ) {
    this.parameters = this.declare('parameter', specs.parameters);
    this.momenta = this.declare('momentum', specs.parameters);
    this.statistics = this.declare('statistic', specs.statistics);
  }

  /** The value before the step: one read for all who need it. */
  read(name: string): Value {
    return this.slot(name).current;
  }

  handle(name: string): string {
    return this.slot(name).handle;
  }

  momentumHandle(parameter: string): string {
    const slot = this.momenta.get(parameter);
    if (!slot) throw new Error(`The network has no parameter "${parameter}".`);
    return slot.handle;
  }

  /** Parameters, then momenta, then statistics. */
  stateEnds(): StateEnds {
    const slots = [this.parameters, this.momenta, this.statistics].flatMap((group) => [...group.values()]);
    const after = slots.map(({ assignment }) => assignment);
    return {
      inputs: slots.map(({ handle }) => newValue(handle)),
      outputs: slots.map(({ current }) => current.name),
      written: this.graph.node('Identity', [this.graph.scalar(0)], { T: float }, { name: 'written', after }),
    };
  }

  private slot(name: string): Slot {
    const slot = this.parameters.get(name) ?? this.statistics.get(name);
    if (!slot) throw new Error(`The network has no variable "${name}".`);
    return slot;
  }

  private declare(kind: string, specs: readonly VariableSpec[]): ReadonlyMap<string, Slot> {
    return new Map(specs.map((spec) => [spec.name, this.declareOne(`${kind}/${spec.name}`, spec.shape)]));
  }

  private declareOne(name: string, shape: readonly number[]): Slot {
    const { graph } = this;
    const stored = storedShape(shape);
    const attributes = { dtype: float, shape: { shape: stored }, shared_name: name, container: '' };
    const handle = graph.node('VarHandleOp', [], attributes, { name });
    const given = graph.placeholder(newValue(name), 'float32', stored);
    const assignment = graph.node('AssignVariableOp', [handle, given], { dtype: float });
    const current = graph.node('ReadVariableOp', [handle], { dtype: float });
    return { handle, assignment, current: { name: current, extents: shape } };
  }
}

function newValue(variable: string): string {
  return `${variable}/new`;
}
