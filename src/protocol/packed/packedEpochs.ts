import type { Evaluation, RunEventOf } from '../../runs/model/format';
import { knownNumber, numberOrNone, packedTime, rowsOf, unpackedTime } from './rows';

type Epoch = RunEventOf<'epoch'>;

/** The epochs of a run as one array of numbers: as an object each, a long run takes longer to send than to draw. */
export interface PackedEpochs {
  /** Of each epoch what `rowOf` says, one epoch after another. */
  readonly rows: Float64Array;
  readonly firstLosses: readonly { readonly index: number; readonly losses: readonly number[] }[];
}

const width = 11;

export function packedEpochs(epochs: readonly Epoch[]): PackedEpochs {
  return {
    rows: rowsOf(epochs, width, rowOf),
    firstLosses: epochs.flatMap(({ firstLosses }, index) => (firstLosses ? [{ index, losses: firstLosses }] : [])),
  };
}

export function unpackedEpochs({ rows, firstLosses }: PackedEpochs): Epoch[] {
  const losses = new Map(firstLosses.map((first) => [first.index, first.losses]));
  return Array.from({ length: rows.length / width }, (_, index) => {
    const first = losses.get(index);
    return new UnpackedEpoch(rows, index * width, first ? [...first] : undefined);
  });
}

function rowOf({ time, epoch, learningRate, training, before, after, seconds, imagesPerSecond }: Epoch): number[] {
  return [
    packedTime(time),
    epoch,
    learningRate,
    ...numbersOf(training),
    ...numbersOf(before),
    ...numbersOf(after),
    seconds,
    imagesPerSecond,
  ];
}

function numbersOf(evaluation: Evaluation | null): [number, number] {
  return [numberOrNone(evaluation?.loss), numberOrNone(evaluation?.accuracy)];
}

/** Its parts are made when somebody asks for them: of a long run most never are. */
class UnpackedEpoch implements Epoch {
  readonly type = 'epoch';

  constructor(
    private readonly rows: Float64Array,
    private readonly at: number,
    readonly firstLosses: number[] | undefined,
  ) {}

  get time(): string {
    return unpackedTime(this.rows[this.at]!);
  }
  get epoch(): number {
    return this.rows[this.at + 1]!;
  }
  get learningRate(): number {
    return this.rows[this.at + 2]!;
  }
  get training(): Evaluation {
    return { loss: this.rows[this.at + 3]!, accuracy: this.rows[this.at + 4]! };
  }
  get before(): Evaluation | null {
    return this.#evaluationAt(5);
  }
  get after(): Evaluation | null {
    return this.#evaluationAt(7);
  }
  get seconds(): number {
    return this.rows[this.at + 9]!;
  }
  get imagesPerSecond(): number {
    return this.rows[this.at + 10]!;
  }

  #evaluationAt(column: number): Evaluation | null {
    const loss = knownNumber(this.rows[this.at + column]);
    return loss === null ? null : { loss, accuracy: this.rows[this.at + column + 1]! };
  }
}
