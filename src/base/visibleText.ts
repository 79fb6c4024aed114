/**
 * What a terminal, an editor or a log would obey or hide instead of showing it: control characters (escape sequences and line
 * breaks among them), line and paragraph separators, marks that turn the direction of text, and characters without a width.
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]|\p{Cs}/u;
const everyUnseen = new RegExp(unseen, 'gu');

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text on one line in which every character can be seen: `\n` and `\u001b` are written as in JSON. */
export function visibleText(text: string): string {
  return unseen.test(text) ? text.replace(everyUnseen, (character) => short[character] ?? escaped(character)) : text;
}

/** The same, line by line: line breaks stay. For texts of several lines that we made ourselves. */
export function visibleLines(text: string): string {
  return unseen.test(text) ? text.split(/\r?\n/).map(visibleText).join('\n') : text;
}

/** A character as JSON writes it: `\u001b`. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
