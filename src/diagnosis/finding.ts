export const subjects = ['node', 'engines', 'gpu', 'disk', 'data', 'permissions', 'locks', 'runs'] as const;
export type Subject = (typeof subjects)[number];

/** `absent` is not there and not needed; a `remark` is worth knowing; a `problem` keeps networks from being trained. */
export type Verdict = 'good' | 'absent' | 'remark' | 'problem';

/** What a part of the machine or of the installation is like. */
export interface Finding {
  readonly verdict: Verdict;
  /** One sentence. */
  readonly what: string;
  /** What to do about it, one sentence; null where nothing has to be done. */
  readonly remedy: string | null;
}

export type SubjectFinding = Finding & { readonly subject: Subject };

/** Where it is looked, and how long. */
export interface Place {
  /** The folder of runs, which need not be there yet. */
  readonly runsFolder: string;
  readonly cache: string;
  readonly signal: AbortSignal;
}

export function good(what: string): Finding {
  return { verdict: 'good', what, remedy: null };
}

export function absent(what: string, remedy: string | null = null): Finding {
  return { verdict: 'absent', what, remedy };
}

export function remark(what: string, remedy: string | null = null): Finding {
  return { verdict: 'remark', what, remedy };
}

export function problem(what: string, remedy: string | null = null): Finding {
  return { verdict: 'problem', what, remedy };
}
