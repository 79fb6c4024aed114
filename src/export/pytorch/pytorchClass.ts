import type { Layer, LayerGraph } from '../../network/graph';
import { imageShape, inferShapes } from '../../network/shapes';
import { valuesOf, type About } from '../exportable';
import { withFlatLogits } from '../flatLayers';
import { blockClasses, layerStep, type BlockClass, type Outputs } from './blockClass';
import { piecesOf, type Block, type Piece } from './blocks';
import { classCode, type Step } from './classCode';
import { call, className, docText, freshName, indented, literal, strings } from './pythonText';

/** File names without folder. */
export interface PytorchFiles {
  /** Of the Python text, without `.py`. */
  readonly module: string;
  readonly weights: string;
}

/**
 * A Python module with the network as a PyTorch class whose state dict has the names of our tensors. It needs PyTorch alone,
 * and the package safetensors to load the weights. Blocks that differ in nothing but numbers share a class.
 */
export function pytorchClass(given: LayerGraph, about: About, files: PytorchFiles): string {
  const taken = new Set(['SubsamplePad', 'ChannelScatter', 'MEAN', 'STD', 'CLASSES', 'load']);
  const { graph, flat } = withFlatLogits(given, ['flatten', 'linear']);
  const name = freshName(className(graph.name), taken);
  const outputs: Outputs = { shapes: inferShapes(graph), flat };
  const pieces = piecesOf(graph);
  const blocks = pieces.flatMap((piece) => ('block' in piece ? [piece.block] : []));
  const classes = blockClasses(blocks, outputs, taken);
  const input = graph.layers.find(({ kind }) => kind === 'input')!;
  const images = { layer: input.name, channels: literal(imageShape(graph).channels) };
  const lines = [
    ...header(graph, about, files),
    ...ownModules(graph),
    ...[...new Set(classes.values())].flatMap(({ code }) => [...code, '', '']),
    ...classCode(name, [], networkSteps(pieces, classes, outputs), images),
    '',
    '',
    ...loading(name),
  ];
  return `${lines.join('\n')}\n`;
}

function header(graph: LayerGraph, about: About, { module, weights }: PytorchFiles): string[] {
  const { channels, height, width } = imageShape(graph);
  return [
    `"""${docText(about.title)}.`,
    '',
    `The weights are in ${docText(weights)}, beside this file. With PyTorch and the package safetensors:`,
    '',
    '    import importlib',
    `    network = importlib.import_module("${docText(module)}").load("${docText(weights)}")`,
    '',
    `It reads float32 images [batch, ${channels}, ${height}, ${width}], normalised by channel: (${valuesOf(about.input)} - MEAN) / STD,`,
    'and gives logits [batch, classes]. To go on training it, call its train().',
    '',
    `Written by SFP Lab ${docText(about.version)}.`,
    '"""',
    '',
    ...(has(graph, 'channelScatter') || has(graph, 'concat') ? ['import torch'] : []),
    'from torch import nn',
    'from torch.nn import functional',
    '',
    ...indented([`MEAN = ${literal(about.input.mean)}`, `STD = ${literal(about.input.std)}`], 0),
    ...indented([`CLASSES = ${strings(about.classes)}`], 0),
    '',
    '',
  ];
}

/** Classes for the layers of this network that PyTorch has no module for. */
function ownModules(graph: LayerGraph): string[] {
  return [...(has(graph, 'subsamplePad') ? subsamplePad : []), ...(has(graph, 'channelScatter') ? channelScatter : [])];
}

function has({ layers }: LayerGraph, kind: Layer['kind']): boolean {
  return layers.some((layer) => layer.kind === kind);
}

const subsamplePad = `class SubsamplePad(nn.Module):
    """Every \`stride\`-th row and column, then so many zero channels (He et al., CVPR 2016, shortcut type A)."""

    def __init__(self, stride, appended):
        super().__init__()
        self.stride = stride
        self.appended = appended

    def forward(self, images):
        taken = images[:, :, :: self.stride, :: self.stride]
        return functional.pad(taken, (0, 0, 0, 0, 0, self.appended))

`.split('\n');

const channelScatter = `class ChannelScatter(nn.Module):
    """Output channel \`positions[i]\` is input channel i; every other one is a constant, its entry in \`fill\`."""

    def __init__(self, channels, positions):
        super().__init__()
        self.register_buffer("positions", torch.tensor(positions), persistent=False)
        self.register_buffer("fill", torch.zeros(channels))

    def forward(self, images):
        batch, _, height, width = images.shape
        output = self.fill.view(1, -1, 1, 1).repeat(batch, 1, height, width)
        output[:, self.positions] = images
        return output

`.split('\n');

/** The steps of the network's own class: one for every block and for every layer outside of blocks. */
function networkSteps(pieces: readonly Piece[], classes: ReadonlyMap<Block, BlockClass>, outputs: Outputs): Step[] {
  return pieces.flatMap((piece) => {
    if ('block' in piece) return [blockStep(piece.block, classes.get(piece.block)!, outputs)];
    const { layer } = piece;
    return layer.kind === 'input' ? [] : [layerStep(layer, layer.name, outputs, (_field, value) => literal(value))];
  });
}

function blockStep(block: Block, { make }: BlockClass, outputs: Outputs): Step {
  const output = block.layers.at(-1)!.name;
  return {
    output,
    path: block.prefix,
    inputs: [block.input],
    write: ([input]) => ({
      module: make(block),
      expression: (module) => call(module, input!.variable),
      channels: literal(outputs.shapes.get(output)!.channels),
    }),
  };
}

function loading(name: string): string[] {
  return [
    'def load(weights):',
    ...indented(
      [
        '"""The network with the weights of a safetensors file, ready to be evaluated."""',
        'from safetensors.torch import load_file',
        '',
        `network = ${name}()`,
        'network.load_state_dict(load_file(weights))',
        'return network.eval()',
      ],
      1,
    ),
  ];
}
