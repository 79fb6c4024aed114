/** Largest width of the lines that are written. */
const width = 100;

/** Marks a place inside brackets, where Python allows a line break; replaced by a space or a line break. */
const mayBreak = '\u0001';

/** A number or a list of numbers. */
export function literal(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : `[${value.map(String).join(`,${mayBreak}`)}]`;
}

export function pythonBoolean(value: boolean): string {
  return value ? 'True' : 'False';
}

export function strings(values: readonly string[]): string {
  return `[${values.map(stringLiteral).join(`,${mayBreak}`)}]`;
}

/** JSON's string literals are valid in Python. */
export function stringLiteral(value: string): string {
  return JSON.stringify(value);
}

export function call(callee: string, ...args: readonly string[]): string {
  return `${callee}(${args.join(`,${mayBreak}`)})`;
}

/** Text for a docstring: one line, without quotes that would end it and without backslashes. */
export function docText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('\\', '/').replaceAll('"""', "'''").trim();
}

/** Indents lines by `depth` levels and breaks those that are too long. */
export function indented(lines: readonly string[], depth: number): string[] {
  return lines.flatMap((line) => (line === '' ? [''] : broken(' '.repeat(4 * depth) + line)));
}

function broken(line: string): string[] {
  const inner = ' '.repeat(line.length - line.trimStart().length + 4);
  const lines: string[] = [];
  let current = '';
  for (const [index, part] of line.split(mayBreak).entries()) {
    const together = index === 0 ? part : `${current} ${part}`;
    if (index > 0 && together.length > width) {
      lines.push(current);
      current = inner + part;
    } else current = together;
  }
  return [...lines, current];
}

const keywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield self torch nn functional'
  ).split(' '),
);

export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !keywords.has(text);
}

/** The text as a valid Python identifier. */
export function identifier(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d|$)/, '_');
  return keywords.has(plain) ? `${plain}_` : plain;
}

/** The text as a class name: `resnet20-l2` becomes `Resnet20L2`. */
export function className(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return identifier(words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''));
}

/** `wanted`, with a number if it is taken already; the result is added to `taken`. */
export function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${/\d$/.test(wanted) ? '_' : ''}${count}`;
  taken.add(name);
  return name;
}

/** Expression for a submodule: `self.stage1.block1`, or `get_submodule` where a part of the path is no identifier. */
export function submodule(path: string): string {
  const parts = path.split('.');
  return parts.every(isIdentifier) ? `self.${path}` : `self.get_submodule(${stringLiteral(path)})`;
}

/** Statement that adds a submodule at a path whose parent exists. */
export function assignment(path: string, value: string): string {
  const parts = path.split('.');
  if (parts.every(isIdentifier)) return `self.${path} = ${value}`;
  const parent = parts.length > 1 ? submodule(parts.slice(0, -1).join('.')) : 'self';
  return call(`${parent}.add_module`, stringLiteral(parts.at(-1)!), value);
}
