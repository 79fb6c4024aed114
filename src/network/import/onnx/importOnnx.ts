import { visibleText } from '../../../base/visibleText';
import {
  isFloatType,
  typeInWords,
  type ReadModel,
  type ReadNode,
  type ReadValue,
} from '../../../formats/onnx/readModel';
import type { TensorMap } from '../../../formats/tensor';
import type { LayerGraph, Shape } from '../../graph';
import { input } from '../../layers';
import { Unsupported, type ImportedNetwork } from '../parts/importedNetwork';
import { Problems } from '../parts/problems';
import { withProjections } from '../parts/projections';
import { foldedBatchNorms } from './foldedBatchNorms';
import { ImportState } from './nodes/importState';
import { nodeOrder } from './nodeOrder';
import { NodeReader } from './nodes/nodeReader';
import { operators } from './operators';
import { refusalOf } from './refusals';
import type { ImageValue } from './nodes/values';

export interface OnnxImportOptions {
  /** What the network is called. */
  readonly name: string;
  /** Height and width of the images where the file leaves them open. */
  readonly size?: { readonly height: number; readonly width: number } | null;
}

/** How the file's own network is run, to compare. */
export interface FileNetwork {
  readonly images: string;
  /** Whether the file has images as [batch, height, width, channels]. */
  readonly channelsLast: boolean;
  /** Images of a batch where the file leaves no choice, else null. */
  readonly batch: number | null;
  /** The tensor that holds the logits. */
  readonly logits: string;
}

export interface ImportedOnnx extends ImportedNetwork {
  /** Null where there are problems. */
  readonly file: FileNetwork | null;
}

/**
 * The network of an ONNX model, for training: layers under PyTorch's names as far as the file has them, with their weights.
 * Everything that keeps it from being taken is told of.
 */
export function importOnnx(model: ReadModel, { name, size = null }: OnnxImportOptions): ImportedOnnx {
  const problems = new Problems();
  const images = imagesOf(model, size, problems);
  if (model.hasSparseTensors)
    problems.add('', '', 'Some of its weights are stored sparsely; export it with full tensors.');
  const state = new ImportState(model, images?.batch ?? null);
  if (images) {
    state.put(input(state.freeName(images.name), images.shape));
    convert(model, images, state, problems);
  } else tellOfOperators(model, problems);
  const found = problems.isEmpty && images ? finished(name, model, state, problems) : null;
  if (!found || !images || !problems.isEmpty)
    return { graph: null, tensors: new Map(), notes: [...state.notes], problems: problems.list, file: null };
  const { batch, channelsLast } = images;
  return {
    graph: found.graph,
    tensors: found.tensors,
    notes: [...notesOf(model, state), ...state.notes].map(visibleText),
    problems: [],
    file: { images: images.name, channelsLast, batch, logits: state.logits ?? model.outputs[0]!.name },
  };
}

interface Images {
  readonly name: string;
  readonly shape: Shape;
  readonly batch: number | null;
  readonly channelsLast: boolean;
}

function imagesOf(model: ReadModel, size: OnnxImportOptions['size'], problems: Problems): Images | null {
  try {
    return imageInput(model, size);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    problems.add('', '', error.message);
    return null;
  }
}

function imageInput({ inputs, nodes }: ReadModel, size: OnnxImportOptions['size']): Images {
  const [first, ...others] = inputs;
  if (!first) throw new Unsupported('It has no input for images.');
  const names = inputs.slice(0, 5).map(({ name }) => name);
  if (others.length > 0)
    throw new Unsupported(
      `It has ${inputs.length} inputs, "${names.join('", "')}"; a network here reads images alone.`,
    );
  const { extents, type, name } = first;
  if (!isFloatType(type))
    throw new Unsupported(`Its input "${name}" is of ${typeInWords(type)}; images are floating-point numbers.`);
  if (extents?.length !== 4)
    throw new Unsupported(
      `Its input "${name}" is ${extentsInWords(first)}; images are [batch, channels, height, width].`,
    );
  // The order of axes is told by what reads the images first.
  const readers = nodes.filter((node) => node.inputs.includes(name));
  const channelsLast = readers.length > 0 && readers.every((node) => isToChannelsFirst(node));
  const [batch] = extents;
  return { name, shape: imageShape(first, channelsLast, size), batch: knownExtent(batch), channelsLast };
}

function imageShape(value: ReadValue, channelsLast: boolean, size: OnnxImportOptions['size']): Shape {
  const extents = (value.extents ?? []).slice(1).map(knownExtent);
  const [channels, height, width] = channelsLast ? [extents[2], extents[0], extents[1]] : extents;
  if (typeof channels !== 'number')
    throw new Unsupported(`Its input "${value.name}" leaves the number of channels open: ${extentsInWords(value)}.`);
  const shape = { channels, height: height ?? size?.height, width: width ?? size?.width };
  if (shape.height === undefined || shape.width === undefined)
    throw new Unsupported(
      `Its input "${value.name}" leaves height and width open: ${extentsInWords(value)}. Say the size of the images.`,
    );
  return { channels, height: shape.height, width: shape.width };
}

/** Null for one that the file leaves open. */
function knownExtent(extent: number | string | undefined): number | null {
  return typeof extent === 'number' && extent >= 1 ? extent : null;
}

function isToChannelsFirst({ operator, attributes }: ReadNode): boolean {
  const order = attributes.get('perm');
  return operator === 'Transpose' && order?.kind === 'ints' && order.value.join() === '0,3,1,2';
}

function extentsInWords({ extents }: ReadValue): string {
  return extents === null ? 'of no shape that is told' : `[${extents.slice(0, 8).join(', ')}]`;
}

function convert(model: ReadModel, images: Images, state: ImportState, problems: Problems): void {
  const { name, channelsLast } = images;
  const layout = channelsLast ? 'channelsLast' : 'channelsFirst';
  for (const [key, tensor] of model.tensors)
    state.values.set(key, { kind: 'constant', name: key, tensor, shape: tensor.shape });
  state.values.set(name, { kind: 'image', layer: name, layout });
  const { nodes, left, doubled } = nodeOrder(model);
  for (const { node, name: output } of doubled)
    problems.add(node.name, node.operator, `Its output "${output}" is given by something else as well.`);
  for (const { node, missing } of left)
    if (missing !== null)
      problems.add(node.name, node.operator, `It reads "${missing}", which nothing in the file gives.`);
  const [waiting] = left;
  if (waiting && left.every(({ missing }) => missing === null))
    problems.add(
      waiting.node.name,
      waiting.node.operator,
      `It and ${left.length - 1} others wait for each other’s outputs.`,
    );
  for (const node of nodes) if (!state.done.has(node)) convertNode(node, state, problems);
}

function convertNode(node: ReadNode, state: ImportState, problems: Problems): void {
  const giveUp = (): void => {
    for (const output of node.outputs) state.values.set(output, { kind: 'unknown' });
  };
  const operator = operatorOf(node);
  if (!operator) problems.add(node.name || (node.outputs[0] ?? ''), node.operator, refusalOf(node));
  // Only what cannot be had by itself is told of; the rest follows from it.
  if (!operator || node.inputs.some((tensor) => state.values.get(tensor)?.kind === 'unknown')) {
    giveUp();
    return;
  }
  try {
    operator(new NodeReader(node, state));
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    problems.add(node.name || (node.outputs[0] ?? ''), node.operator, error.message);
    giveUp();
  }
}

function operatorOf({ operator, domain }: ReadNode) {
  return domain === '' ? operators.get(operator) : undefined;
}

/** Where the images are not known, nothing is known of shapes; but what there is no layer for can be told. */
function tellOfOperators({ nodes }: ReadModel, problems: Problems): void {
  for (const node of nodes) if (!operatorOf(node)) problems.add(node.name, node.operator, refusalOf(node));
}

function finished(
  name: string,
  { outputs }: ReadModel,
  state: ImportState,
  problems: Problems,
): { readonly graph: LayerGraph; readonly tensors: TensorMap } | null {
  const [output, ...others] = outputs;
  const value = output && state.values.get(output.name);
  if (value?.kind !== 'image') {
    problems.add('', '', output ? `Its output "${output.name}" does not depend on the images.` : 'It has no output.');
    return null;
  }
  const unfit = unfitLogits(state, value);
  if (unfit !== null) {
    problems.add('', '', unfit);
    return null;
  }
  if (others.length > 0)
    state.notes.add(
      `It has ${outputs.length} outputs; the first one, "${output!.name}", is trained, and what only the others need is left out.`,
    );
  try {
    const { graph, tensors } = state.builder.finish(name, value.layer);
    return { graph: withProjections(graph), tensors };
  } catch (error) {
    problems.add('', '', error instanceof Error ? error.message : String(error));
    return null;
  }
}

function unfitLogits({ builder }: ImportState, { layer, layout }: ImageValue): string | null {
  const { channels, height, width } = builder.shapeOf(layer);
  if (height * width !== 1 || layout === 'channelsLast')
    return `It gives ${channels} x ${height} x ${width} values for an image; a network here gives a number for each class.`;
  if (builder.layer(layer).kind === 'input') return 'It gives back the images.';
  return channels < 2 ? 'It gives one value for an image; a network here chooses one of several classes.' : null;
}

function notesOf(model: ReadModel, state: ImportState): string[] {
  const types = new Set([...model.tensors.values()].map(({ type }) => type).filter(isFloatType));
  const others = [...types].map(typeInWords).filter((type) => type !== 'float32');
  const converted = others.length > 0 ? [`Its weights are of ${others.join(' and ')}; here they are float32.`] : [];
  const [first] = state.renamed;
  const renamed =
    first === undefined
      ? []
      : [
          `The file has lost the names of the weights of ${state.renamed.length === 1 ? 'a layer, which is called after its node' : `${state.renamed.length} layers; they are called after their nodes`}, as "${first}".`,
        ];
  return [...converted, ...foldedBatchNorms(model), ...renamed];
}
