import type { VariableSpec } from '../variableLayout';
import type { GraphBuilder } from './graphBuilder';
import { rowShape, storedShape } from './layout';
import type { Value } from './value';

const float = { type: 'float32' } as const;

/** A variable of the session: where the graph sets it and where it reads it. */
interface Slot {
  readonly handle: string;
  readonly assignment: string;
  readonly current: Value;
}

/** Names of the graph's ends through which variables are written and read. */
export interface VariableEnds {
  /** Placeholders, in the order of the variables. */
  readonly inputs: readonly string[];
  /** Stored values, in the same order. */
  readonly outputs: readonly string[];
  /** Runs when all inputs have been taken. */
  readonly written: string;
}

/**
 * Parameters, momenta, running statistics, which rows are trained, and importance: they live in the session, and leave it only when
 * somebody asks for them.
 */
export class Variables {
  private readonly parameters: ReadonlyMap<string, Slot>;
  private readonly momenta: ReadonlyMap<string, Slot>;
  private readonly statistics: ReadonlyMap<string, Slot>;
  private readonly trained: ReadonlyMap<string, Slot>;
  private readonly importance: ReadonlyMap<string, Slot>;

  constructor(
    private readonly graph: GraphBuilder,
    specs: Readonly<Record<'parameters' | 'statistics' | 'importance', readonly VariableSpec[]>>,
  ) {
    this.parameters = this.declare('parameter', specs.parameters);
    this.momenta = this.declare('momentum', specs.parameters);
    this.statistics = this.declare('statistic', specs.statistics);
    const marks = specs.parameters.map(({ name, shape }) => ({ name, shape: rowShape(shape) }));
    this.trained = this.declare('trained', marks);
    this.importance = this.declare('importance', specs.importance);
  }

  /** The value before the step: one read for all who need it. */
  read(name: string): Value {
    return this.slot(name).current;
  }

  handle(name: string): string {
    return this.slot(name).handle;
  }

  momentumHandle(parameter: string): string {
    return requireSlot(this.momenta, parameter).handle;
  }

  /** 1 for each row of a parameter that is trained, 0 for those that are held. Has no value before it is written. */
  trainedRows(parameter: string): Value {
    return requireSlot(this.trained, parameter).current;
  }

  importanceHandle(set: string): string {
    return requireSlot(this.importance, set).handle;
  }

  /** Parameters, then momenta, then statistics. */
  stateEnds(): VariableEnds {
    return this.ends('state', this.parameters, this.momenta, this.statistics);
  }

  trainedEnds(): VariableEnds {
    return this.ends('trained', this.trained);
  }

  importanceEnds(): VariableEnds {
    return this.ends('importance', this.importance);
  }

  private ends(name: string, ...groups: readonly ReadonlyMap<string, Slot>[]): VariableEnds {
    const slots = groups.flatMap((group) => [...group.values()]);
    const after = slots.map(({ assignment }) => assignment);
    return {
      inputs: slots.map(({ handle }) => newValue(handle)),
      outputs: slots.map(({ current }) => current.name),
      written: this.graph.node('Identity', [this.graph.scalar(0)], { T: float }, { name: `${name}/written`, after }),
    };
  }

  private slot(name: string): Slot {
    const slot = this.parameters.get(name) ?? this.statistics.get(name);
    if (!slot) throw new Error(`The network has no variable "${name}".`);
    return slot;
  }

  /** The graph numbers them, as TensorFlow does not take every name. */
  private declare(kind: string, specs: readonly VariableSpec[]): ReadonlyMap<string, Slot> {
    return new Map(specs.map(({ name, shape }, index) => [name, this.declareOne(`${kind}/${index}`, shape)]));
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

function requireSlot(slots: ReadonlyMap<string, Slot>, name: string): Slot {
  const slot = slots.get(name);
  if (!slot) throw new Error(`The network has no variable for "${name}".`);
  return slot;
}

function newValue(variable: string): string {
  return `${variable}/new`;
}
