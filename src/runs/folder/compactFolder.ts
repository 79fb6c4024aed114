import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { encodeSafetensors } from '../../formats/safetensors';
import { certificateSchema, type Certificate } from '../model/certificate';
import { compactNames, type CompactNetwork } from './compactNetwork';

/** What `compact/` in a run folder holds beside the network. */
export const compactFiles = { certificate: 'certificate.json', onnx: 'network.onnx' } as const;

/** A certificate of a network with thousands of layers has some megabytes. */
const mostCertificateBytes = 16 * 2 ** 20;

export interface CertifiedNetwork extends CompactNetwork {
  readonly onnx: Uint8Array;
  readonly certificate: Certificate;
}

/** Writes `compact/` of a run whole: readers see the old one or the new one. */
export async function writeCompactFolder(runFolder: string, network: CertifiedNetwork): Promise<string> {
  const folder = join(runFolder, compactNames.folder);
  const partial = `${folder}.partial`;
  await onFile(folder, async () => {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    try {
      await writeFile(join(partial, compactNames.network), `${JSON.stringify(network.graph, null, 1)}\n`);
      await writeFile(
        join(partial, compactNames.weights),
        encodeSafetensors(network.tensors, { format: 'pt', run: network.certificate.run }),
      );
      await writeFile(join(partial, compactFiles.onnx), network.onnx);
      await writeFile(join(partial, compactFiles.certificate), `${JSON.stringify(network.certificate, null, 2)}\n`);
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  });
  return folder;
}

/** The certificate of a run's compact network; null when there is none. Throws a UserError when it is damaged. */
export async function readCertificate(runFolder: string): Promise<Certificate | null> {
  const file = join(runFolder, compactNames.folder, compactFiles.certificate);
  const text = await onFile(file, () => readIfThere(file));
  if (text === null) return null;
  const certificate = certificateSchema.safeParse(parseJson(text));
  if (certificate.success) return certificate.data;
  throw new UserError(`${file} is damaged; compact the run again.`, { file, cause: certificate.error });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    if ((await stat(file)).size > mostCertificateBytes)
      throw new UserError(`${file} is larger than a certificate can be; compact the run again.`, { file });
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}
