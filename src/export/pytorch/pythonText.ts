/** Width of the lines that we write. */
const width = 100;

/** A place where a long line may be broken; it is within brackets, where Python goes on with the next line. */
const mayBreak = '\u0001';

/** A number or a list of numbers. */
export function literal(value: number | readonly number[]): string {
  return typeof value === 'number' ? String(value) : `[${value.map(String).join(`,${mayBreak}`)}]`;
}

export function strings(values: readonly string[]): string {
  return `[${values.map(stringLiteral).join(`,${mayBreak}`)}]`;
}

/** JSON's strings are Python's too. */
export function stringLiteral(value: string): string {
  return JSON.stringify(value);
}

export function call(callee: string, ...args: readonly string[]): string {
  return `${callee}(${args.join(`,${mayBreak}`)})`;
}

/** Text for a docstring: on one line, without what would end it or be taken for an escape. */
export function docText(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('\\', '/').replaceAll('"""', "'''").trim();
}

/** Lines at their depth, the longer ones broken. */
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

/** The nearest name that Python takes for a variable. */
export function identifier(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d|$)/, '_');
  return keywords.has(plain) ? `${plain}_` : plain;
}

/** `resnet20-l2` as `Resnet20L2`. */
export function className(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return identifier(words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(''));
}

/** A name that nobody has yet; `taken` gets it. */
export function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${/\d$/.test(wanted) ? '_' : ''}${count}`;
  taken.add(name);
  return name;
}

/** How a submodule is reached: `self.stage1.block1`, and in a roundabout way where a part of the path is no identifier. */
export function submodule(path: string): string {
  const parts = path.split('.');
  return parts.every(isIdentifier) ? `self.${path}` : `self.get_submodule(${stringLiteral(path)})`;
}

/** A line that makes a submodule of one that is there. */
export function assignment(path: string, value: string): string {
  const parts = path.split('.');
  if (parts.every(isIdentifier)) return `self.${path} = ${value}`;
  const parent = parts.length > 1 ? submodule(parts.slice(0, -1).join('.')) : 'self';
  return call(`${parent}.add_module`, stringLiteral(parts.at(-1)!), value);
}
