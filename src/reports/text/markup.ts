import { visibleText } from '../../base/visibleText';

/** Markup that we wrote ourselves; every other text is escaped where it goes into it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: nothing for null and false, lists one after another. */
export type Piece = Markup | string | number | null | false | readonly Piece[];

/**
 * Tag of templates of HTML and SVG. Whatever is put in becomes text, in which every character can be seen, in elements and in
 * quoted attributes alike; only `Markup` stays markup.
 */
export function markup(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const parts = strings.map((part, index) => part + (index < pieces.length ? written(pieces[index]!) : ''));
  return new Markup(parts.join(''));
}

function written(piece: Piece): string {
  if (piece === null || piece === false) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(written).join('');
  return escaped(String(piece));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escaped(text: string): string {
  return visibleText(text).replace(/[&<>"'`]/g, (character) => entities[character]!);
}

/** Several texts, a line each: line breaks of their own become visible. */
export function lines(texts: readonly string[]): Markup {
  return new Markup(texts.map(escaped).join('\n'));
}
