import { fromBinary } from '@bufbuild/protobuf';
import { dirname, join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode } from '../../base/fileProblem';
import { readRegular } from '../../base/regularFile';
import { visibleText } from '../../base/visibleText';
import { isNameInFolder } from '../nameInFolder';
import { requireBoundedParts } from './boundedParts';
import {
  ModelProtoSchema,
  TensorProto_DataLocation as DataLocation,
  type ModelProto,
  type TensorProto,
} from './onnx_pb';

/** An ONNX file as it is, with the bytes of the files beside it that hold its weights. */
export interface OnnxDocument {
  /** Its path, for errors. */
  readonly file: string;
  readonly model: ModelProto;
  /** By their names. */
  readonly external: ReadonlyMap<string, Uint8Array>;
}

/** Protobuf's own limit, and that of the weights that this program computes with. */
const mostBytes = 2 ** 31 - 1;
/** Far more than a network of ten thousand layers has. */
const mostParts = 2_000_000;
const mostExternalFiles = 10_000;

/**
 * Reads an ONNX file, and the files in its folder that hold its weights where it says so. Nothing is followed out of the folder,
 * and no more memory is taken than the files are long. Throws a UserError where the file is not there, is none, or asks for more.
 */
export async function readOnnxDocument(file: string): Promise<OnnxDocument> {
  const model = parseOnnx(await bytesOf(file, file, mostBytes), file);
  for (const tensor of tensorsOf(model)) alignInPlace(tensor);
  const external = new Map<string, Uint8Array>();
  let left = mostBytes;
  for (const location of externalLocations(model, file)) {
    const bytes = await bytesOf(join(dirname(file), location), file, left);
    left -= bytes.length;
    external.set(location, bytes);
  }
  return { file, model, external };
}

/** The message that is a file's bytes; tensors stay bytes, as views. Throws a UserError when they are no ONNX file. */
export function parseOnnx(bytes: Uint8Array, file: string): ModelProto {
  try {
    requireBoundedParts(ModelProtoSchema, bytes, mostParts);
    const model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
    if (!model.graph || model.graph.node.length === 0) throw new Error('it holds no network');
    return model;
  } catch (cause) {
    const reason = visibleText(cause instanceof Error ? cause.message : String(cause));
    throw new UserError(`${file} is not a whole ONNX file: ${reason}; export it again.`, { file, cause });
  }
}

/**
 * In a file, values lie at any byte, where no array can be laid over them: whoever reads them would copy them. So they are moved
 * to the place before them where one can. That takes nothing of another's: a tensor's tags and lengths are four bytes at least.
 */
function alignInPlace(tensor: TensorProto): void {
  tensor.rawData = moved(tensor.rawData);
  tensor.floatData = moved(tensor.floatData);
}

function moved(values: Uint8Array): Uint8Array {
  const distance = values.byteOffset % Float32Array.BYTES_PER_ELEMENT;
  if (distance === 0) return values;
  const place = new Uint8Array(values.buffer, values.byteOffset - distance, values.length);
  place.set(values);
  return place;
}

/** A file that is told of in an ONNX file, and where in it the tensor's bytes are. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  /** Null for all behind the offset. */
  readonly length: number | null;
}

/** Where the bytes of a tensor are, when they are in another file; null when they are in this one. */
export function externalPlace({ dataLocation, externalData }: TensorProto): ExternalPlace | null {
  if (dataLocation !== DataLocation.EXTERNAL) return null;
  const facts = new Map(externalData.map(({ key, value }) => [key, value]));
  const length = facts.get('length');
  return {
    location: facts.get('location') ?? '',
    offset: Number(facts.get('offset') ?? 0),
    length: length === undefined ? null : Number(length),
  };
}

/** All tensors of a model: its initializers, and the values of its constants. */
export function* tensorsOf({ graph }: ModelProto): Generator<TensorProto> {
  yield* graph?.initializer ?? [];
  for (const { attribute } of graph?.node ?? []) for (const { t } of attribute) if (t) yield t;
}

function externalLocations(model: ModelProto, file: string): ReadonlySet<string> {
  const locations = new Set<string>();
  for (const tensor of tensorsOf(model)) {
    const location = externalPlace(tensor)?.location;
    if (location === undefined || locations.has(location)) continue;
    if (!isNameInFolder(location))
      throw new UserError(
        `${file} says that its weights are in "${visibleText(location.slice(0, 200))}"; they must be in a file of the same folder. Export it again, with its weights beside it.`,
        { file },
      );
    locations.add(location);
    if (locations.size > mostExternalFiles)
      throw new UserError(
        `${file} has its weights in more than ${mostExternalFiles} files; export it again with all in one.`,
        { file },
      );
  }
  return locations;
}

async function bytesOf(path: string, file: string, most: number): Promise<Uint8Array> {
  try {
    return await readRegular(path, most, 'SFP Lab takes networks of up to 2 GB with their weights');
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') throw cause;
    const missing =
      path === file
        ? `There is no file ${file}; check its path.`
        : `The weights of ${file} are in ${path}, which is not there: put the file that the export wrote beside it back in its place.`;
    throw new UserError(missing, { file, cause });
  }
}
