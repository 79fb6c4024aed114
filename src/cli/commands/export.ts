import { basename } from 'node:path';
import { encodeSafetensors } from '../../formats/safetensors';
import { exportedWeights, type ExportedWeights } from '../../export/exportedWeights';
import { version } from '../version';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { findRun, runsFolderOf } from '../runFolders';
import { print, printJson } from '../terminal';
import { writeOutput } from '../writeOutput';

export interface ExportOptions {
  readonly what: string;
  readonly format: 'safetensors';
  readonly out?: string;
  readonly force?: boolean;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `sfp export`: writes the weights of a run into a file for PyTorch. */
export async function exportRun(run: string, { what, format, out, force, runs, json }: ExportOptions): Promise<void> {
  const folder = await findRun(run, await runsFolderOf(runs));
  const exported = await exportedWeights(folder, what);
  const { tensors, metadata, checkpoint, filters } = exported;
  const path = out ?? `${basename(folder)}-${checkpoint.name}.${format}`;
  await writeOutput(path, encodeSafetensors(tensors, { ...metadata, producer: `SFP Lab ${version}` }), {
    force: force === true,
  });
  const { epoch, step, pruned } = checkpoint.manifest!;
  if (json) {
    const told = { file: path, run: basename(folder), checkpoint: checkpoint.name, epoch, step, pruned };
    printJson({ ...told, tensors: tensors.size, filters });
  } else print(`${shortPath(path)}: ${inWords(exported)}`);
}

function inWords({ checkpoint, filters, tensors }: ExportedWeights): string {
  const { epoch, step, pruned } = checkpoint.manifest!;
  const when =
    epoch < 0
      ? 'the initial weights, not pruned yet'
      : `the weights after ${step === null ? '' : `${plural(step, 'step')} of `}epoch ${epoch + 1}` +
        (pruned ? ', pruned' : ', not pruned since its last step');
  return `${when} (${checkpoint.name}); ${filters.zero} of ${filters.all} filters are exactly zero; ${tensors.size} tensors.`;
}
