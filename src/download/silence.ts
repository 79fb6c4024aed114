/** Aborts a transfer when the server stops sending. */
export interface SilenceWatch {
  /** Aborted with the outer signal, or when nothing arrives in time, with an error that says so. */
  readonly signal: AbortSignal;
  /** Something arrived. */
  heard(): void;
  end(): void;
}

/** Allows `answer` milliseconds until the first bytes arrive, then `silence` milliseconds between two arrivals. */
export function watchSilence(outer: AbortSignal, answer: number, silence: number): SilenceWatch {
  const silent = new AbortController();
  let limit = answer;
  const giveUp = (): void => {
    silent.abort(new Error(`nothing came from it for ${limit / 1000} seconds`));
  };
  let timer = setTimeout(giveUp, limit);
  return {
    signal: AbortSignal.any([outer, silent.signal]),
    heard: () => {
      clearTimeout(timer);
      limit = silence;
      timer = setTimeout(giveUp, limit);
    },
    end: () => {
      clearTimeout(timer);
    },
  };
}
