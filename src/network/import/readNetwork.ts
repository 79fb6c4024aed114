import { basename } from 'node:path';
import { readOnnxDocument, type OnnxDocument } from '../../formats/onnx/document';
import { readModel } from '../../formats/onnx/readModel';
import { readTfjs } from '../../formats/tfjsFile';
import type { TensorMap } from '../../formats/tensor';
import type { LayerGraph } from '../graph';
import { importOnnx, type FileNetwork } from './onnx/importOnnx';
import type { ImportProblem } from './parts/importedNetwork';
import { importTfjs } from './tfjs/importTfjs';

/** What a network of another tool is read from. */
export type NetworkFormat = 'onnx' | 'tfjs';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** A network that was read from a file, or why it cannot be taken. */
export interface ReadNetwork {
  readonly file: string;
  /** Null where there are problems. */
  readonly network: {
    readonly graph: LayerGraph;
    /** Parameters and running statistics. */
    readonly tensors: TensorMap;
    /** What it takes to run the file itself and compare; null for formats that nothing here runs. */
    readonly onnx: { readonly document: OnnxDocument; readonly file: FileNetwork } | null;
  } | null;
  readonly notes: readonly string[];
  readonly problems: readonly ImportProblem[];
}

/**
 * Reads the network of an ONNX file or of a TensorFlow.js LayersModel, called after the file. `size` is that of the images, for
 * files that leave it open. Throws a UserError where the file is not there, damaged, or asks for files elsewhere.
 */
export async function readNetwork(file: string, format: NetworkFormat, size: ImageSize | null): Promise<ReadNetwork> {
  return format === 'onnx' ? fromOnnx(file, size) : fromTfjs(file, size);
}

async function fromOnnx(file: string, size: ImageSize | null): Promise<ReadNetwork> {
  const document = await readOnnxDocument(file);
  const { graph, tensors, file: own, notes, problems } = importOnnx(readModel(document), { name: nameOf(file), size });
  const network = graph && own ? { graph, tensors, onnx: { document, file: own } } : null;
  return { file, network, notes, problems };
}

async function fromTfjs(file: string, size: ImageSize | null): Promise<ReadNetwork> {
  const { graph, tensors, notes, problems } = importTfjs(await readTfjs(file), { name: nameOf(file), size });
  return { file, network: graph && { graph, tensors, onnx: null }, notes, problems };
}

/** The format that a file's name tells; null where it tells none. */
export function formatOf(file: string): NetworkFormat | null {
  if (/\.onnx$/i.test(file)) return 'onnx';
  return /\.json$/i.test(file) && !/\.sfp\.json$/i.test(file) ? 'tfjs' : null;
}

/** Names of networks are no longer than those of layers. */
function nameOf(file: string): string {
  return (
    basename(file)
      .replace(/\.(?:onnx|json)$/i, '')
      .slice(0, 200) || 'network'
  );
}
