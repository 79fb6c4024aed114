/** What a run that has finished has lost of its checkpoints. */
export interface LostCheckpoints {
  /** What is wrong, as in "its checkpoint epoch-0011 is damaged". */
  readonly what: string;
  /** The newest checkpoint that is whole, from which the run can go on; null where it can only begin again. */
  readonly goesOnFrom: string | null;
}

/** What becomes of such a run that is resumed, as the end of a sentence. */
export function nextOf({ goesOnFrom }: LostCheckpoints): string {
  return goesOnFrom === null
    ? 'is trained again from the beginning, as none is whole'
    : `goes on from ${goesOnFrom}, the newest that is whole`;
}
