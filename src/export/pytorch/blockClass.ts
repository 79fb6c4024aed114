import type { Layer } from '../../network/graph';
import type { Block } from './blocks';
import { classCode, type Step } from './classCode';
import { formOf, moduleOf, outputOf, type LayerInput, type NumberText } from './layerCode';
import { call, className, freshName, identifier, literal } from './pythonText';

/** Shape and form of a layer's output, by the layer's name. */
export type OutputOf = (layer: string) => Omit<LayerInput, 'channels'>;

/** The Python class of blocks that differ in numbers only. */
export interface BlockClass {
  readonly code: readonly string[];
  /** Expression that makes a block of this class. */
  readonly make: (block: Block) => string;
}

type ParameterText = (parameter: string, value: number | readonly number[]) => string;

/** The class of every block; blocks that differ in numbers only share one. Class names are added to `taken`. */
export function blockClasses(
  blocks: readonly Block[],
  outputs: OutputOf,
  taken: Set<string>,
): ReadonlyMap<Block, BlockClass> {
  const alike = new Map<string, Block[]>();
  for (const block of blocks) {
    const form = JSON.stringify(formOfBlock(block, outputs));
    alike.set(form, [...(alike.get(form) ?? []), block]);
  }
  const classes = new Map<Block, BlockClass>();
  for (const members of alike.values()) {
    const made = blockClass(members, outputs, taken);
    for (const block of members) classes.set(block, made);
  }
  return classes;
}

function formOfBlock(block: Block, outputs: OutputOf): unknown {
  return block.layers.map((layer) => [
    within(block, layer.name),
    layer.inputs.map((name) => (name === block.input ? null : within(block, name))),
    formOf(layer, outputs(layer.inputs[0]!)),
  ]);
}

function blockClass(blocks: readonly Block[], outputs: OutputOf, taken: Set<string>): BlockClass {
  const [first] = blocks as [Block];
  const numbers = new Map(blocks.map((block) => [block, numbersOf(block, outputs)]));
  const differing = [...numbers.get(first)!.keys()].filter(
    (name) => new Set(blocks.map((block) => JSON.stringify(numbers.get(block)!.get(name)))).size > 1,
  );
  const stem = first.prefix.split('.').at(-1)!.replace(/\d+$/, '');
  const name = freshName(className(stem === '' ? 'block' : stem), taken);
  const text: ParameterText = (parameter, value) => (differing.includes(parameter) ? parameter : literal(value));
  return {
    code: blockCode(name, differing, first, outputs, text),
    make: (block) => call(name, ...differing.map((each) => `${each}=${literal(numbers.get(block)!.get(each)!)}`)),
  };
}

/** All numbers in which blocks of one form can differ, by parameter name. */
function numbersOf(block: Block, outputs: OutputOf): ReadonlyMap<string, number | readonly number[]> {
  const numbers = new Map<string, number | readonly number[]>();
  blockCode('', [], block, outputs, (parameter, value) => {
    numbers.set(parameter, value);
    return literal(value);
  });
  return numbers;
}

function blockCode(
  name: string,
  parameters: readonly string[],
  block: Block,
  outputs: OutputOf,
  text: ParameterText,
): string[] {
  const steps = block.layers.map((layer) => {
    const path = within(block, layer.name);
    return layerStep(layer, path, outputs, (field, value) => text(`${identifier(path)}_${field}`, value));
  });
  const channels = text('inputs', outputs(block.input).shape.channels);
  return classCode(name, parameters, steps, { layer: block.input, channels });
}

/** The step that computes a layer, with its module at `path`. */
export function layerStep(layer: Layer, path: string, outputs: OutputOf, text: NumberText): Step {
  return {
    output: layer.name,
    path,
    inputs: layer.inputs,
    write: (inputs) => {
      const { channels } = inputs[0]!;
      const made = moduleOf(layer, { ...outputs(layer.inputs[0]!), channels }, text);
      const variables = inputs.map(({ variable }) => variable);
      return { ...made, expression: (module) => outputOf(layer, variables, module) };
    },
  };
}

function within({ prefix }: Block, name: string): string {
  return name.slice(prefix.length + 1);
}
