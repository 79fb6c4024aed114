/** What no shell takes for more than letters. */
const safe = /^[A-Za-z0-9_./:@+,-]+$/;
const unsafeInQuotes = /[^A-Za-z0-9_./:@+,\-\p{L}\p{M}\p{N} ]/gu;

/**
 * A run's id as one argument in a command that people copy into a shell. Ids that we make stay as they are; but an id is free
 * text of a `run.json` that anybody may have made. Of such a text only what is harmless in every shell is left, between quotes,
 * and `?` stands for the rest: the command then names no run, but does nothing else either.
 */
export function shellWord(id: string): string {
  if (safe.test(id) && !id.startsWith('-')) return id;
  const quoted = `'${id.replace(unsafeInQuotes, '?')}'`;
  // Otherwise it would be an option, in quotes too.
  return id.startsWith('-') ? `-- ${quoted}` : quoted;
}
