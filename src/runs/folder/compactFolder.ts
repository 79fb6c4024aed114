import { join } from 'node:path';
import { createDurably } from '../../base/durable';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { readRegular, refuseUnlessFolder } from '../../base/regularFile';
import { replaceFolder } from '../../base/wholeFolder';
import { encodeSafetensors } from '../../formats/safetensors';
import { certificateSchema, type Certificate } from '../model/certificate';
import { isEqual } from '../model/certificateFindings';
import { compactNames, type CompactNetwork } from './compactNetwork';

/** What `compact/` in a run folder holds beside the network. */
export const compactFiles = { certificate: 'certificate.json', onnx: 'network.onnx' } as const;

/** A certificate of a network with thousands of layers has some megabytes. */
const mostCertificateBytes = 16 * 2 ** 20;

export interface CertifiedNetwork extends CompactNetwork {
  readonly onnx: Uint8Array;
  readonly certificate: Certificate;
}

/** Writes `compact/` of a run whole: readers see the old one or the new one. Returns its path when it is on the disk. */
export async function writeCompactFolder(runFolder: string, network: CertifiedNetwork): Promise<string> {
  const path = join(runFolder, compactNames.folder);
  const { graph, tensors, onnx, certificate } = network;
  await onFile(path, () =>
    replaceFolder(path, async (folder) => {
      const write = (name: string, content: string | Uint8Array): Promise<void> =>
        createDurably(join(folder, name), content);
      await write(compactNames.network, `${JSON.stringify(graph, null, 1)}\n`);
      await write(compactNames.weights, encodeSafetensors(tensors, { format: 'pt', run: certificate.run }));
      await write(compactFiles.onnx, onnx);
      await write(compactFiles.certificate, `${JSON.stringify(certificate, null, 2)}\n`);
    }),
  );
  return path;
}

/** The certificate of a run's compact network; null when there is none. Throws a UserError when it is damaged. */
export async function readCertificate(runFolder: string): Promise<Certificate | null> {
  const folder = join(runFolder, compactNames.folder);
  const file = join(folder, compactFiles.certificate);
  await refuseUnlessFolder(folder);
  const text = await onFile(file, () => readIfThere(file));
  if (text === null) return null;
  const certificate = certificateSchema.safeParse(parseJson(text));
  if (certificate.success) return certificate.data;
  throw new UserError(`${file} is damaged; compact the run again.`, { file, cause: certificate.error });
}

/**
 * Throws a UserError unless the certificate of a run's compact network shows that it is the masked one. `wayOut` ends the
 * sentence: what to do instead.
 */
export async function requireEqual(runFolder: string, wayOut: string): Promise<void> {
  const certificate = await readCertificate(runFolder);
  if (certificate !== null && isEqual(certificate)) return;
  const file = join(runFolder, compactNames.folder, compactFiles.certificate);
  const problem =
    certificate === null
      ? `${runFolder} has no certificate that its compact network is the masked one`
      : `The compact network of ${certificate.run} is NOT the masked one, as its certificate says`;
  throw new UserError(`${problem}: ${wayOut}`, { file });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return (await readRegular(file, mostCertificateBytes, 'compact the run again')).toString('utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}
