/** What a set-up is doing, for people; a new `phase` or `source` is a new step. */
export interface SetUpProgress {
  readonly phase: string;
  /** Of what, or from where. */
  readonly source: string;
  readonly bytes: number;
  /** 0 while it is not known. */
  readonly total: number;
  /** Something worth a line, as a source that failed. */
  readonly note?: string;
}

export type OnProgress = (progress: SetUpProgress) => void;
