import type { Layer, Shape } from '../../network/graph';
import type { Block } from './blocks';
import { classCode, type Step } from './classCode';
import { readsImages } from '../flatLayers';
import { codeOf, formOf, type LayerInput, type NumberText } from './layerCode';
import { call, className, freshName, identifier, literal } from './pythonText';

/** Shape and form of the outputs of a network's layers. */
export interface Outputs {
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Names of those that are [batch, channels]. */
  readonly flat: ReadonlySet<string>;
}

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
  outputs: Outputs,
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

function formOfBlock(block: Block, outputs: Outputs): unknown {
  return block.layers.map((layer) => [
    within(block, layer.name),
    layer.inputs.map((name) => (name === block.input ? null : within(block, name))),
    layer.inputs.map((name) => lacksPlaces(layer, name, outputs)),
    formOf(layer, readBy(layer, outputs)),
  ]);
}

function blockClass(blocks: readonly Block[], outputs: Outputs, taken: Set<string>): BlockClass {
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
function numbersOf(block: Block, outputs: Outputs): ReadonlyMap<string, number | readonly number[]> {
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
  outputs: Outputs,
  text: ParameterText,
): string[] {
  const steps = block.layers.map((layer) => {
    const path = within(block, layer.name);
    return layerStep(layer, path, outputs, (field, value) => text(`${identifier(path)}_${field}`, value));
  });
  const channels = text('inputs', outputs.shapes.get(block.input)!.channels);
  return classCode(name, parameters, steps, { layer: block.input, channels });
}

/** The step that computes a layer, with its module at `path`. */
export function layerStep(layer: Layer, path: string, outputs: Outputs, text: NumberText): Step {
  return {
    output: layer.name,
    path,
    inputs: layer.inputs,
    write: (inputs) => {
      const allChannels = inputs.map(({ channels }) => channels);
      const input = { ...readBy(layer, outputs), channels: allChannels[0]!, allChannels };
      const variables = inputs.map(({ variable }, index) =>
        lacksPlaces(layer, layer.inputs[index]!, outputs) ? `${variable}[:, :, None, None]` : variable,
      );
      const { module, channels, output } = codeOf(layer, input, text);
      return { module, channels, expression: (place) => output(variables, place) };
    },
  };
}

/** Shape and form of what a layer reads first. */
function readBy(layer: Layer, { shapes, flat }: Outputs): Omit<LayerInput, 'channels' | 'allChannels'> {
  const from = layer.inputs[0]!;
  return { shape: shapes.get(from)!, flat: flat.has(from) && !readsImages(layer, flat) };
}

/** Whether an input of a layer is [batch, channels] where the layer needs height and width. */
function lacksPlaces(layer: Layer, input: string, { flat }: Outputs): boolean {
  return flat.has(input) && readsImages(layer, flat);
}

function within({ prefix }: Block, name: string): string {
  return name.slice(prefix.length + 1);
}
