import { TensorProto_DataType as DataType } from '../../../../formats/onnx/onnx_pb';
import { flatten } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { ConstantValue, ImageValue } from '../nodes/values';
import { orIntegers } from './integers';
import { turned } from './linearLayers';
import type { Operators } from './operator';
import { shapeInFile } from './shapeInFile';

export const reshaping: Operators = {
  Flatten: (node) => {
    const value = node.activations();
    const axis = node.int('axis', 1);
    if (axis !== 1 && axis !== (value.layout === 'flat' ? -1 : -3))
      throw new Unsupported(
        `It flattens from axis ${axis} on; only all but the images themselves can be, from axis 1.`,
      );
    node.give(flat(node, value));
  },
  Reshape: orIntegers('Reshape', (node) => {
    const value = node.value(0);
    if (value.kind === 'constant') node.give({ ...value, shape: constantShape(value, wantedShape(node)) });
    else reshape(node, node.activations());
  }),
  Squeeze: orIntegers('Squeeze', (node) => {
    const value = node.value(0);
    const axes = node.axes('axes', 1);
    if (value.kind === 'constant') {
      const isLeftOut = (axis: number): boolean =>
        axes === null
          ? value.shape[axis] === 1
          : axes.some((each) => (each < 0 ? each + value.shape.length : each) === axis);
      node.give({
        ...value,
        shape: constantShape(
          value,
          value.shape.filter((_, axis) => !isLeftOut(axis)),
        ),
      });
    } else squeeze(node, node.activations(), axes);
  }),
  Unsqueeze: orIntegers('Unsqueeze', (node) => {
    const value = node.value(0);
    const axes = node.axes('axes', 1) ?? [];
    if (value.kind === 'constant') {
      const rank = value.shape.length + axes.length;
      const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
      const left = [...value.shape];
      const shape = Array.from({ length: Math.min(rank, 8) }, (_, axis) => (added.has(axis) ? 1 : (left.shift() ?? 1)));
      node.give({ ...value, shape: constantShape(value, shape) });
      return;
    }
    const image = node.activations();
    const places = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
    if (image.layout !== 'flat' || places.join() !== '2,3') throw noSuchShape();
    node.give(asImage(node, image));
  }),
  Transpose: orIntegers('Transpose', transpose),
};

/** Activations as one row an image. */
function flat(node: NodeReader, value: ImageValue): ImageValue {
  const shape = node.shape(value);
  if (value.layout === 'flat') return value;
  if (shape.height * shape.width === 1) return { ...value, layout: 'flat' };
  const name = node.state.nameOf(node.node, 'flatten');
  node.state.put(flatten(name, value.layer));
  const flattened = { kind: 'image', layer: name, layout: 'flat' } as const;
  return value.layout === 'channelsLast' ? { ...flattened, channelsWereLast: shape } : flattened;
}

function reshape(node: NodeReader, value: ImageValue): void {
  const now = shapeInFile(node, value);
  const wanted = wantedShape(node).map((extent, axis) => {
    const isKept = extent === 0 && node.int('allowzero', 0) === 0;
    return isKept ? (now[axis] ?? 0) : extent;
  });
  const features = now.slice(1).reduce<number>((product, extent) => product * (extent as number), 1);
  const known = wanted.slice(1).filter((extent) => extent !== -1) as number[];
  const rest = features / known.reduce((product, extent) => product * extent, 1);
  const extents = wanted.slice(1).map((extent) => (extent === -1 ? rest : extent));
  const keepsImages = wanted[0] === now[0] || (wanted[0] === -1 && rest === 1);
  if (!keepsImages || extents.reduce<number>((product, extent) => product * (extent as number), 1) !== features)
    throw noSuchShape();
  if (extents.length === 1) node.give(flat(node, value));
  else if (extents.join() === now.slice(1).join()) node.give(value);
  else if (extents.join() === [features, 1, 1].join() && value.layout !== 'channelsLast')
    node.give(asImage(node, value));
  else throw noSuchShape();
}

function wantedShape(node: NodeReader): readonly (number | 'batch')[] {
  return node.ints('shape') ?? node.integers(1);
}

function squeeze(node: NodeReader, value: ImageValue, axes: readonly number[] | null): void {
  const places = axes?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort() ?? null;
  const { height, width } = node.shape(value);
  const wanted = value.layout === 'channelsLast' ? '1,2' : '2,3';
  const leavesFeatures = places === null ? node.state.batch !== 1 : places.join() === wanted;
  if (value.layout === 'flat' || height * width !== 1 || !leavesFeatures) throw noSuchShape();
  node.give({ ...value, layout: 'flat' });
}

/** One row an image as an image of a single place, which they are the same as here. */
function asImage(node: NodeReader, value: ImageValue): ImageValue {
  const { height, width } = node.shape(value);
  if (height * width !== 1 || value.channelsWereLast) throw noSuchShape();
  return { ...value, layout: 'channelsFirst' };
}

function transpose(node: NodeReader): void {
  const value = node.value(0);
  const order = node.ints('perm')?.join() ?? null;
  if (value.kind === 'constant') {
    node.give(turnedConstant(node, value, order));
    return;
  }
  const image = node.activations();
  if (order === '0,3,1,2' && image.layout === 'channelsLast') node.give({ ...image, layout: 'channelsFirst' });
  else if (order === '0,2,3,1' && image.layout === 'channelsFirst') node.give({ ...image, layout: 'channelsLast' });
  else if (order === (image.layout === 'flat' ? '0,1' : '0,1,2,3')) node.give(image);
  else
    throw new Unsupported(
      `It puts the axes in the order ${order ?? 'from the last to the first'}; only channels can be moved to the end and back.`,
    );
}

function turnedConstant(node: NodeReader, value: ConstantValue, order: string | null): ConstantValue {
  if (value.shape.length !== 2) throw new Unsupported('It turns a constant that is no matrix.');
  if (order === '0,1') return value;
  const { shape, data } = turned(node.tensor(value));
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { ...value, shape, tensor: { name: value.name, type: DataType.FLOAT, shape, bytes, packing: 'raw' } };
}

function constantShape(value: ConstantValue, wanted: readonly (number | 'batch')[]): number[] {
  const size = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
  const known = wanted.map((extent, axis) =>
    extent === 'batch' ? NaN : extent === 0 ? (value.shape[axis] ?? 0) : extent,
  );
  const rest = size(value.shape) / size(known.filter((extent) => extent !== -1));
  const shape = known.map((extent) => (extent === -1 ? rest : extent));
  if (size(shape) !== size(value.shape)) throw noSuchShape();
  return shape;
}

function noSuchShape(): Unsupported {
  return new Unsupported(
    'It gives activations a shape that layers of images do not have; they can be flattened to one row an image.',
  );
}
