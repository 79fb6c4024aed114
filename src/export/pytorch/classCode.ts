import { assignment, call, freshName, identifier, indented, submodule } from './pythonText';

/** A computed value in the Python code. */
export interface Written {
  readonly variable: string;
  /** Python text of the number of its channels. */
  readonly channels: string;
}

/** One statement of a forward pass, with the module that it calls. */
export interface Step {
  /** The layer whose output it computes. */
  readonly output: string;
  /** Path of its module below `self`, which is also the beginning of its tensors' names. */
  readonly path: string;
  /** The layers whose outputs it reads. */
  readonly inputs: readonly string[];
  readonly write: (inputs: readonly Written[]) => StepCode;
}

export interface StepCode {
  /** Expression that makes the module; null where none is needed. */
  readonly module: string | null;
  /** Expression for the output; `module` is the expression for the module. */
  readonly expression: (module: string) => string;
  /** Python text of the number of output channels. */
  readonly channels: string;
}

/** A class that computes the steps on its argument `images`, which is the output of the layer `input`. */
export function classCode(
  name: string,
  parameters: readonly string[],
  steps: readonly Step[],
  input: { readonly layer: string; readonly channels: string },
): string[] {
  const known = new Map<string, Written>([[input.layer, { variable: 'images', channels: input.channels }]]);
  const taken = new Set(['images']);
  const modules = new Map<string, string>();
  const computing: string[] = [];
  for (const { output, path, inputs, write } of steps) {
    const { module, expression, channels } = write(inputs.map((layer) => known.get(layer)!));
    if (module !== null) modules.set(path, module);
    const variable = freshName(identifier(path), taken);
    computing.push(`${variable} = ${expression(submodule(path))}`);
    known.set(output, { variable, channels });
  }
  return [
    `class ${name}(nn.Module):`,
    ...indented([`def ${call('__init__', 'self', ...parameters)}:`], 1),
    ...indented(['super().__init__()', ...assignments(modules)], 2),
    '',
    ...indented(['def forward(self, images):'], 1),
    ...indented([...computing, `return ${known.get(steps.at(-1)!.output)!.variable}`], 2),
  ];
}

/** Statements that make all modules, parents first; a parent that is no layer becomes an empty module. */
function assignments(modules: ReadonlyMap<string, string>): string[] {
  const made = new Set<string>();
  const lines: string[] = [];
  const make = (path: string): void => {
    if (made.has(path)) return;
    made.add(path);
    const end = path.lastIndexOf('.');
    if (end > 0) make(path.slice(0, end));
    lines.push(assignment(path, modules.get(path) ?? 'nn.Module()'));
  };
  for (const path of modules.keys()) make(path);
  return lines;
}
