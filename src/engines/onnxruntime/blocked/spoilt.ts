import type { Value } from '../value';

/**
 * A blocked tensor in which what fills blocks up is not zero, as a sigmoid makes one half of a zero. A product with a tensor whose
 * filling is zero takes it as it is; whoever else reads its name gets it with zeros put there.
 */
export class Spoilt implements Value {
  private cleaned: Value | undefined;

  constructor(
    readonly value: Value,
    private readonly clean: (value: Value) => Value,
  ) {}

  get extents(): readonly number[] {
    return this.value.extents;
  }

  get name(): string {
    this.cleaned ??= this.clean(this.value);
    return this.cleaned.name;
  }
}
