import { basename } from 'node:path';

/** The name of an experiment whose config gives none: the file's without its endings, in the letters that a name may have. */
export function experimentNameOf(file: string): string {
  const base = basename(file).replace(/(\.sfp)?\.jsonc?$/, '');
  const allowed = base.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return allowed.slice(0, 64) || 'experiment';
}
