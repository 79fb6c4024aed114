import { UserError } from '../../base/errors';
import { visibleText } from '../../base/visibleText';

/**
 * A text as one word of a bash script, whatever is in it. Between single quotes nothing means anything to a shell but the quote
 * itself. Throws a UserError for what could not be seen by somebody who reads the script: control characters, line breaks among
 * them, and marks that turn the direction of text. `what` names the text in that sentence.
 */
export function bashWord(text: string, what: string): string {
  if (visibleText(text) !== text)
    throw new UserError(
      `${what} has a character in it that cannot be seen: "${visibleText(text).slice(0, 100)}"; a batch script takes none.`,
    );
  return `'${text.replaceAll("'", "'\\''")}'`;
}
