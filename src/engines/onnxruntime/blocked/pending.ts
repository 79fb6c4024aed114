import type { Value } from '../value';

/** What a blocked convolution does to its result before it stores it: add another tensor, then rectify. */
export interface Epilogue {
  readonly sum?: Value;
  readonly relu?: boolean;
}

/**
 * A tensor whose operator is not in the graph yet: operations that follow it may still become part of it.
 * Reading its name puts the operator in.
 */
export class Pending implements Value {
  private emitted: string | undefined;

  constructor(
    readonly extents: readonly number[],
    private readonly emit: (epilogue: Epilogue) => Value,
    private readonly epilogue: Epilogue = {},
  ) {}

  get name(): string {
    this.emitted ??= this.emit(this.epilogue).name;
    return this.emitted;
  }

  /** This tensor plus another one, in the same operator; null if it is too late for that. */
  plus(sum: Value): Pending | null {
    if (this.emitted !== undefined || this.epilogue.sum || this.epilogue.relu) return null;
    return new Pending(this.extents, this.emit, { sum });
  }

  /** This tensor rectified, in the same operator; null if it is too late for that. */
  rectified(): Pending | null {
    if (this.emitted !== undefined || this.epilogue.relu) return null;
    return new Pending(this.extents, this.emit, { ...this.epilogue, relu: true });
  }
}

/** A convolution that has not been put in: batch norm may still scale its weights or add a bias. Both are vectors by filter. */
export class PendingConvolution extends Pending {
  constructor(
    extents: readonly number[],
    private readonly convolve: (scale: Value | null, bias: Value | null, epilogue: Epilogue) => Value,
  ) {
    super(extents, (epilogue) => convolve(null, null, epilogue));
  }

  withBias(bias: Value): Pending {
    return new Pending(this.extents, (epilogue) => this.convolve(null, bias, epilogue));
  }

  scaledWithBias(scale: Value, bias: Value): Pending {
    return new Pending(this.extents, (epilogue) => this.convolve(scale, bias, epilogue));
  }
}

/** A gradient as `value` times `scale` by channel: a convolution's gradients scale their weights instead, which is cheaper. */
export class ScaledGradient implements Value {
  private emitted: Value | undefined;

  constructor(
    readonly value: Value,
    readonly scale: Value,
    private readonly multiply: (value: Value, scale: Value) => Value,
  ) {}

  get extents(): readonly number[] {
    return this.value.extents;
  }

  get name(): string {
    this.emitted ??= this.multiply(this.value, this.scale);
    return this.emitted.name;
  }
}
