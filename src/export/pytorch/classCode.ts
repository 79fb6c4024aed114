import { assignment, call, freshName, identifier, indented, submodule } from './pythonText';

/** Something computed, as the code knows it. */
export interface Written {
  readonly variable: string;
  /** Number of its channels, as it is written. */
  readonly channels: string;
}

/** One line of a forward pass, with the module that it needs. */
export interface Step {
  /** The layer whose output it computes. */
  readonly output: string;
  /** Where its module is, from the class's `self`: what the names of its tensors begin with. */
  readonly path: string;
  /** The layers whose outputs it reads. */
  readonly inputs: readonly string[];
  readonly write: (inputs: readonly Written[]) => StepCode;
}

export interface StepCode {
  /** What makes the module; null where there is none. */
  readonly module: string | null;
  /** What computes the output; `module` is how the module is reached. */
  readonly expression: (module: string) => string;
  /** Number of the output's channels, as it is written. */
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

/** Lines that make all modules, each after the one that it is in, which may have to be made for that alone. */
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
