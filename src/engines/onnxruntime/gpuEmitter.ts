import { Emitter } from './emitter';
import type { Value } from './value';

/** WebGPU promises eight storage buffers to a shader: seven inputs and the output. */
const widestConcatenation = 7;

/** Adds operators as every GPU takes them: no node reads or writes more tensors than a shader has places for. */
export class GpuEmitter extends Emitter {
  override concatenate(values: readonly Value[], axis: number): Value {
    if (values.length <= widestConcatenation) return super.concatenate(values, axis);
    const starts = values.flatMap((_, index) => (index % widestConcatenation === 0 ? [index] : []));
    const parts = starts.map((start) => super.concatenate(values.slice(start, start + widestConcatenation), axis));
    return this.concatenate(parts, axis);
  }

  override parts(vector: Value, sizes: readonly number[]): Value[] {
    let start = 0;
    return sizes.map((size) => {
      start += size;
      return this.window(vector, 0, start - size, size);
    });
  }
}
