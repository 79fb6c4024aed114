import { basename } from 'node:path';
import { exportedNetwork, type ExportedNetwork, type TrainingMoment } from '../../export/exportedNetwork';
import { defaultPath, prepareExport, type PreparedExport } from '../../export/prepareExport';
import type { ExportFormat } from '../../export/formats';
import { version } from '../version';
import { plural } from '../figures';
import { shortPath } from '../paths';
import { findRun, runsFolderOf } from '../runFolders';
import { print, printJson } from '../terminal';
import { writeOutputs } from '../writeOutputs';

export interface ExportOptions {
  readonly what: string;
  readonly format: ExportFormat;
  readonly out?: string;
  readonly force?: boolean;
  readonly allowUnequal?: boolean;
  readonly runs?: string;
  readonly json?: boolean;
}

/** `sfp export`: writes a network of a run into a file for other programs. */
export async function exportRun(run: string, options: ExportOptions): Promise<void> {
  const { what, format, out, force, allowUnequal = false, runs, json } = options;
  const folder = await findRun(run, await runsFolderOf(runs));
  const network = await exportedNetwork(folder, what, { version, allowUnequal });
  const path = out ?? defaultPath(`${basename(folder)}-${network.name}`, format);
  const prepared = await prepareExport(network, format, path);
  await writeOutputs(prepared, { force: force === true });
  if (json) printJson({ file: path, format, what, run: basename(folder), ...forScripts(network, prepared) });
  else print(`${shortPath(path)}: ${inWords(network)}; ${prepared.note}.`);
}

function forScripts({ name, moment, filters, tensors }: ExportedNetwork, { files, check }: PreparedExport): object {
  const paths = files.map(({ path }) => path);
  const checkpoint = moment === null ? null : name;
  return { files: paths, checkpoint, ...moment, tensors: tensors.size, filters, check };
}

function inWords({ name, moment, filters, tensors }: ExportedNetwork): string {
  const which =
    moment === null
      ? `the compact network, ${plural(filters.all, 'filter')}`
      : `${weightsInWords(moment)} (${name}); ${filters.zero} of ${filters.all} filters are exactly zero`;
  return `${which}; ${tensors.size} tensors`;
}

function weightsInWords({ epoch, step, pruned }: TrainingMoment): string {
  if (epoch < 0) return 'the initial weights, not pruned yet';
  const when = step === null ? '' : `${plural(step, 'step')} of `;
  return `the weights after ${when}epoch ${epoch + 1}${pruned ? ', pruned' : ', not pruned since its last step'}`;
}
