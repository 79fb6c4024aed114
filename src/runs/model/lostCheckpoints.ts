/** What a run that has finished has lost of its checkpoints. */
export interface LostCheckpoints {
  /**
   * `removed`: the folder of them is not there at all. Nothing that happens to a machine takes it away whole and leaves the rest,
   * so somebody did, as to save the room, or copied the run without it: nothing to be alarmed about.
   */
  readonly how: 'damaged' | 'removed';
  /** What is wrong, as in "its checkpoint epoch-0011 is damaged". */
  readonly what: string;
  /** The newest checkpoint that is whole, from which the run can go on; null where it can only begin again. */
  readonly goesOnFrom: string | null;
}

/** What becomes of such a run that is resumed, as the end of a sentence. */
export function nextOf({ how, goesOnFrom }: LostCheckpoints): string {
  if (how === 'removed') return 'is trained again from the beginning';
  return goesOnFrom === null
    ? 'is trained again from the beginning, as none is whole'
    : `goes on from ${goesOnFrom}, the newest that is whole`;
}
