import type { LogitsDifference } from '../engines/logitsDifference';
import { basename, dirname, join } from 'node:path';
import { exportedOperatorSet } from '../formats/onnx/model';
import { encodeSafetensors } from '../formats/safetensors';
import { fullMetadata, type Exportable } from './exportable';
import type { ExportFormat } from './formats';
import { encodeOnnxNetwork } from './onnx';
import { checkOnnx } from './onnxCheck';
import { pytorchClass } from './pytorch/pytorchClass';
import { encodeTfjsNetwork } from './tfjs';

export interface ExportedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The files of an export, not written yet. */
export interface PreparedExport {
  /** In the order in which they are to be written: a file that refers to others comes after them. */
  readonly files: readonly ExportedFile[];
  /** Folder of the files that has to be made if it is missing; null when there is none to make. */
  readonly folder: string | null;
  /** Null for formats that SFP Lab cannot run. */
  readonly check: LogitsDifference | null;
  /** A remark about the files for people. */
  readonly note: string;
}

/** Path of an export when the user names none; a folder for `tfjs`. */
export function defaultPath(stem: string, format: ExportFormat): string {
  return format === 'tfjs' ? `${stem}-tfjs` : `${stem}.${format}`;
}

/**
 * The files of a network in a format, as they will be at `path`. An ONNX file is run in onnxruntime and compared; throws a
 * UserError when it gives other logits.
 */
export async function prepareExport(network: Exportable, format: ExportFormat, path: string): Promise<PreparedExport> {
  switch (format) {
    case 'onnx':
      return onnx(network, path);
    case 'safetensors':
      return safetensors(network, path);
    case 'tfjs':
      return tfjs(network, path);
  }
}

async function onnx(network: Exportable, path: string): Promise<PreparedExport> {
  const bytes = encodeOnnxNetwork(network);
  const check = await checkOnnx(bytes, network);
  const difference = check.largestDifference.toExponential(1);
  const note =
    `ONNX, operator set ${exportedOperatorSet}; in onnxruntime its logits differ by ${difference} at most from the network's, ` +
    `in a range of ${check.logitsRange.toPrecision(3)}`;
  return { files: [{ path, bytes }], folder: null, check, note };
}

function safetensors({ graph, tensors, about }: Exportable, path: string): PreparedExport {
  const metadata = { ...fullMetadata(about), format: 'pt', producer: `SFP Lab ${about.version}` };
  const module = path.replace(/\.safetensors$/, '');
  const names = { module: basename(module), weights: basename(path) };
  const classFile = { path: `${module}.py`, bytes: new TextEncoder().encode(pytorchClass(graph, about, names)) };
  const weights = { path, bytes: encodeSafetensors(tensors, metadata) };
  const note = `its PyTorch class is in ${basename(classFile.path)}`;
  return { files: [weights, classFile], folder: null, check: null, note };
}

/** `model.json` and `weights.bin` in the folder `path`; when `path` ends with `.json` that file, with its weights beside it. */
function tfjs(network: Exportable, path: string): PreparedExport {
  const named = path.endsWith('.json');
  const modelPath = named ? path : join(path, 'model.json');
  const weightsFile = named ? `${basename(path, '.json')}.bin` : 'weights.bin';
  const { model, weights } = encodeTfjsNetwork(network, weightsFile);
  const files = [
    { path: join(dirname(modelPath), weightsFile), bytes: weights },
    { path: modelPath, bytes: model },
  ];
  return { files, folder: named ? null : path, check: null, note: 'a TensorFlow.js LayersModel, images channels last' };
}
