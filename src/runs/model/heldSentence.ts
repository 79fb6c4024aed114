import type { RunEventOf } from './format';

/** Which network is trained once masks are held, for people. */
export function heldSentence({ epoch, whyWhole }: Pick<RunEventOf<'held'>, 'epoch' | 'whyWhole'>): string {
  return whyWhole === null
    ? `From epoch ${epoch + 1} on the masks are held, and the compact network is trained.`
    : `From epoch ${epoch + 1} on the masks are held, but the whole network is trained: ${whyWhole}`;
}
