import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { SettingPath } from './settings';

/** Something wrong in a config, at its place in the text. Lines and columns count from 1; the end is exclusive. */
export interface Problem {
  /** One sentence that names the value and says what is allowed. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly path: SettingPath;
}

/** A parsed text that knows where in it every key and value is. */
export class ConfigDocument {
  private constructor(
    private readonly text: string,
    private readonly root: Node,
  ) {}

  /** JSON with comments and trailing commas; a single problem when the text is not that. */
  static parse(text: string): ConfigDocument | Problem {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
    const [error] = errors;
    if (error) return problemAt(text, error.offset, error.length, syntaxMessage(text, error), []);
    if (!root)
      return problemAt(text, 0, text.length, 'The config is empty; it must be an object in braces, {} at least.', []);
    return new ConfigDocument(text, root);
  }

  get value(): unknown {
    return getNodeValue(this.root) as unknown;
  }

  /** The value at a path; undefined when there is none. */
  valueAt(path: SettingPath): unknown {
    const node = findNodeAtLocation(this.root, [...path]);
    return node && (getNodeValue(node) as unknown);
  }

  /** A problem with the value at a path or, where it is missing, with the nearest object around it. */
  problemWithValue(path: SettingPath, message: string): Problem {
    const paths = path.map((_, index) => path.slice(0, path.length - index));
    const node = paths.map((some) => findNodeAtLocation(this.root, some)).find((found) => found) ?? this.root;
    return problemAt(this.text, node.offset, node.length, message, path);
  }

  /** A problem with the key that a path ends with. */
  problemWithKey(path: SettingPath, message: string): Problem {
    const key = findNodeAtLocation(this.root, [...path])?.parent?.children?.[0];
    return key ? problemAt(this.text, key.offset, key.length, message, path) : this.problemWithValue(path, message);
  }

  /** Keys that an object has more than once; JSON would take the last one in silence. */
  repeatedKeys(): Problem[] {
    return this.#repeatedKeys(this.root, []);
  }

  #repeatedKeys(node: Node, path: SettingPath): Problem[] {
    const children = node.children ?? [];
    if (node.type === 'array') return children.flatMap((child, index) => this.#repeatedKeys(child, [...path, index]));
    const seen = new Set<string>();
    return children.flatMap((property) => {
      const [key, value] = property.children ?? [];
      if (!key) return [];
      const name = String(key.value);
      const inside = value ? this.#repeatedKeys(value, [...path, name]) : [];
      if (!seen.has(name)) {
        seen.add(name);
        return inside;
      }
      const message = `"${name}" is there twice; leave one of them out.`;
      return [problemAt(this.text, key.offset, key.length, message, [...path, name]), ...inside];
    });
  }
}

/** Problems in the order of the text; of several at one place the first, which is enough to mend it. */
export function orderedProblems(problems: readonly Problem[]): Problem[] {
  const places = new Set<string>();
  return problems
    .filter(({ line, column, endLine, endColumn }) => {
      const place = [line, column, endLine, endColumn].join(':');
      return !places.has(place) && places.add(place);
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function syntaxMessage(text: string, { error, offset, length }: ParseError): string {
  const found =
    text
      .slice(offset, offset + length)
      .split('\n')[0]
      ?.slice(0, 30) ?? '';
  const at = found === '' ? 'at the end of the text' : `at ${JSON.stringify(found)}`;
  const expected = expectations[printParseErrorCode(error)] ?? 'this can’t be read';
  return `This is not JSON ${at}: ${expected}.`;
}

const expectations: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a key in double quotes should be here',
  ValueExpected: 'a value should be here',
  ColonExpected: 'a colon should be here',
  CommaExpected: 'a comma should be here',
  CloseBraceExpected: 'a closing brace should be here',
  CloseBracketExpected: 'a closing bracket should be here',
  EndOfFileExpected: 'nothing may follow the closing brace',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed by a double quote',
  UnexpectedEndOfNumber: 'a number is not complete',
  InvalidSymbol: 'texts need double quotes',
  InvalidNumberFormat: 'this is not a number',
  InvalidUnicode: 'this is not a character code',
  InvalidEscapeCharacter: 'there is no such escape',
  InvalidCharacter: 'control characters must be written as escapes',
};

function problemAt(text: string, offset: number, length: number, message: string, path: SettingPath): Problem {
  const start = positionOf(text, offset);
  const end = positionOf(text, offset + length);
  return { message, line: start.line, column: start.column, endLine: end.line, endColumn: end.column, path };
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
