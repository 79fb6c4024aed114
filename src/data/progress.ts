/** What fetching a data set is busy with. */
export interface DatasetProgress {
  /** `waiting`: another process is fetching the same data set. */
  readonly phase: 'waiting' | 'downloading' | 'verifying' | 'decoding';
  /** Where the data come from, for people. */
  readonly source: string;
  /** Bytes done and to be done in this phase; `decoding` counts bytes of decoded images. */
  readonly bytes: number;
  readonly total: number;
  /** Something worth a line of its own: a source that failed, a damaged file that was thrown away. */
  readonly note?: string;
}

export type OnProgress = (progress: DatasetProgress) => void;
