import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { visibleText } from '../base/visibleText';
import { mostCharacters, mostLevels, tooDeepAt } from './bounds';
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

/** Something wrong that may become a problem that is told. */
export interface Finding {
  readonly offset: number;
  readonly length: number;
  readonly path: SettingPath;
  /** One that takes work is made when it is told. */
  readonly message: string | (() => string);
}

/** More problems than these are only counted: nobody reads them, and an editor would wait for them at every key. */
export const mostProblems = 100;

/** A parsed text that knows where in it every key and value is. */
export class ConfigDocument {
  /** The properties of objects by their keys, of those that were asked for. */
  readonly #properties = new Map<Node, ReadonlyMap<string, Node>>();

  private constructor(
    private readonly lines: TextLines,
    private readonly root: Node,
  ) {}

  /** JSON with comments and trailing commas; a single problem when the text is not that, or larger or deeper than a config is. */
  static parse(text: string): ConfigDocument | Problem {
    const lines = new TextLines(text);
    const problem = (offset: number, length: number, message: string): Problem =>
      lines.problem({ offset, length, message, path: [] });
    if (text.length > mostCharacters)
      return problem(0, 1, `The config is too long; it must have at most ${mostCharacters} characters.`);
    const tooDeep = tooDeepAt(text);
    if (tooDeep !== null)
      return problem(tooDeep, 1, `This is nested too deep; a config has at most ${mostLevels} levels.`);
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
    const [error] = errors;
    if (error) return problem(error.offset, error.length, syntaxMessage(text, error));
    if (!root) return problem(0, text.length, 'The config is empty; it must be an object in braces, {} at least.');
    return new ConfigDocument(lines, root);
  }

  get value(): unknown {
    return valueOf(this.root);
  }

  /** The value at a path; undefined when there is none. */
  valueAt(path: SettingPath): unknown {
    const node = this.#nodeAt(path);
    return node && valueOf(node);
  }

  /** That the value at a path is wrong or, where it is missing, the nearest object around it. */
  valueFinding(path: SettingPath, message: Finding['message']): Finding {
    const paths = path.map((_, index) => path.slice(0, path.length - index));
    const { offset, length } = paths.map((some) => this.#nodeAt(some)).find((found) => found) ?? this.root;
    return { offset, length, path, message };
  }

  /** That the key is wrong that a path ends with. */
  keyFinding(path: SettingPath, message: Finding['message']): Finding {
    const key = this.#nodeAt(path)?.parent?.children?.[0];
    return key ? { offset: key.offset, length: key.length, path, message } : this.valueFinding(path, message);
  }

  /** Keys that an object has more than once, of which JSON would take the last one in silence, and one that is no key at all. */
  wrongKeys(): Finding[] {
    return [...wrongKeys(this.root, [])];
  }

  /**
   * What was found, in the order of the text; of several things at one place the first, which is enough to mend it. Of more
   * than `mostProblems` the first ones, and how many more there are.
   */
  problems(findings: readonly Finding[]): Problem[] {
    const places = new Map<number, Finding>();
    for (const finding of findings) if (!places.has(finding.offset)) places.set(finding.offset, finding);
    const ordered = [...places.values()].sort((a, b) => a.offset - b.offset);
    const told = ordered.slice(0, mostProblems).map((finding) => this.problem(finding));
    const next = ordered[mostProblems];
    if (next === undefined) return told;
    const message = `There are ${ordered.length - mostProblems} more problems from here on.`;
    return [...told, this.problem({ ...next, message })];
  }

  problem(finding: Finding): Problem {
    return this.lines.problem(finding);
  }

  #nodeAt(path: SettingPath): Node | undefined {
    return path.reduce<Node | undefined>((node, key) => {
      if (node === undefined) return undefined;
      if (typeof key === 'number') return node.type === 'array' ? node.children?.[key] : undefined;
      return node.type === 'object' ? this.#propertiesOf(node).get(key)?.children?.[1] : undefined;
    }, this.root);
  }

  #propertiesOf(object: Node): ReadonlyMap<string, Node> {
    const known = this.#properties.get(object);
    if (known) return known;
    const properties = new Map<string, Node>();
    for (const property of object.children ?? []) {
      const name = String(property.children?.[0]?.value);
      if (!properties.has(name)) properties.set(name, property);
    }
    this.#properties.set(object, properties);
    return properties;
  }
}

/** A text of which places are asked for by their offsets. */
class TextLines {
  /** Offset at which each line begins. */
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ index, 0: { length } }) => index + length)];
  }

  problem({ offset, length, path, message }: Finding): Problem {
    const start = this.#positionOf(offset);
    const end = this.#positionOf(offset + length);
    // What is quoted of the text may hold anything.
    const sentence = visibleText(typeof message === 'string' ? message : message());
    const { line, column } = start;
    return { message: sentence, line, column, endLine: end.line, endColumn: end.column, path };
  }

  #positionOf(offset: number): { line: number; column: number } {
    let [line, after] = [0, this.#starts.length];
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if (this.#starts[middle]! <= offset) line = middle;
      else after = middle;
    }
    return { line: line + 1, column: offset - this.#starts[line]! + 1 };
  }
}

/** The value of a node as JSON.parse would give it: `__proto__` is a key as others are. */
function valueOf(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    (node.children ?? []).flatMap(({ children }) => {
      const [key, value] = children ?? [];
      return key && value ? [[String(key.value), valueOf(value)]] : [];
    }),
  );
}

function* wrongKeys({ type, children = [] }: Node, path: SettingPath): Generator<Finding> {
  if (type === 'array') for (const [index, child] of children.entries()) yield* wrongKeys(child, [...path, index]);
  else if (type === 'object') yield* wrongKeysAmong(children, path);
}

function* wrongKeysAmong(properties: readonly Node[], path: SettingPath): Generator<Finding> {
  const seen = new Set<string>();
  for (const { children: [key, value] = [] } of properties) {
    if (!key) continue;
    const name = String(key.value);
    const { offset, length } = key;
    if (name === '__proto__')
      yield { offset, length, path: [...path, name], message: 'There is no setting "__proto__"; leave it out.' };
    else if (seen.has(name)) yield { offset, length, path: [...path, name], message: () => isThereTwice(name) };
    seen.add(name);
    if (value?.children) yield* wrongKeys(value, [...path, name]);
  }
}

function isThereTwice(name: string): string {
  return `"${shortened(name)}" is there twice; leave one of them out.`;
}

/** The beginning of a text that is quoted in a sentence. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
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
