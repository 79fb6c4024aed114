import { rm } from 'node:fs/promises';
import path from 'node:path';
import { enginesFolder } from '../../base/cacheFolder';
import { checkInIsolation } from '../../engines/choice/isolatedMeasurement';
import { findInstallations, installationFolders } from '../../engines/tensorflow/installation';
import { UserError } from '../../base/errors';
import { findNvidiaGpu, type NvidiaGpu } from '../../engines/tensorflow/install/nvidiaGpu';
import type { SetUpProgress } from '../../engines/tensorflow/install/progress';
import { setUpTensorflow } from '../../engines/tensorflow/install/setUpTensorflow';
import { DownloadDisplay } from '../downloadDisplay';
import { Interrupted, StopSignal } from '../stopSignal';
import { print, printJson } from '../terminal';

export interface EnginesSetUpOptions {
  readonly gpu?: boolean;
  readonly from?: string;
  readonly force?: boolean;
  /** Done already where it is there. */
  readonly ifMissing?: boolean;
  readonly json?: boolean;
}

const jsonInterval = 500;

/** `sfp engines setup`: puts TensorFlow into the cache, checked by real training steps. */
export async function setUpEngine(options: EnginesSetUpOptions): Promise<void> {
  if (!options.ifMissing) {
    await setUpVisibly(options);
    return;
  }
  if (await isThere(options)) return;
  try {
    await setUpVisibly(options);
  } catch (error) {
    // Another process may have set it up meanwhile.
    if (error instanceof Interrupted || !(await isThere(options))) throw error;
  }
}

async function setUpVisibly(options: EnginesSetUpOptions): Promise<void> {
  const gpu = options.gpu ? await requireGpu() : null;
  const { from, force = false, json = false } = options;
  const display = json ? null : new DownloadDisplay('TensorFlow');
  const stop = new StopSignal();
  try {
    const { folder, record } = await setUpTensorflow({
      enginesFolder: enginesFolder(),
      gpu,
      force,
      ...(from !== undefined && { from }),
      signal: stop.signal,
      check: (kind, folder, signal) =>
        checkInIsolation(`tensorflow/${kind}`, { threads: null, tf32: false, enginesFolder: folder }, signal),
      onProgress: display
        ? (progress) => {
            display.show(progress);
          }
        : jsonProgress(),
    });
    display?.end();
    if (json) printJson({ type: 'done', folder, ...record });
    else
      print(
        `TensorFlow ${record.tensorflowVersion} is set up in ${folder}, and its training steps agree with onnxruntime's.`,
      );
  } finally {
    display?.end();
    stop.dispose();
  }
}

/** Tells of an installation that is there and not damaged. */
async function isThere({ gpu = false, json }: EnginesSetUpOptions): Promise<boolean> {
  const { installations } = await findInstallations(enginesFolder());
  const installation = installations.find((each) => each.gpu === gpu);
  if (!installation) return false;
  const { folder, tensorflowVersion } = installation;
  if (json) printJson({ type: 'done', folder, tensorflowVersion });
  else print(`TensorFlow ${tensorflowVersion} is set up in ${folder}.`);
  return true;
}

async function requireGpu(): Promise<NvidiaGpu> {
  const gpu = await findNvidiaGpu();
  if (gpu) return gpu;
  throw new UserError(
    'No NVIDIA GPU was found (tried nvidia-smi): install its driver, or leave out --gpu to set up TensorFlow for the CPU.',
  );
}

/** `sfp engines remove`: deletes what was set up. */
export async function removeEngine({ json = false }: { readonly json?: boolean }): Promise<void> {
  const folders = installationFolders.map((name) => path.join(enginesFolder(), name));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  if (json) printJson({ removed: folders });
  else print('TensorFlow is removed.');
}

/** A line for each step, and one now and then for the bytes of a long one. */
function jsonProgress(): (progress: SetUpProgress) => void {
  let [step, told] = ['', 0];
  return (progress) => {
    const current = `${progress.phase} ${progress.source}`;
    const now = performance.now();
    if (current === step && progress.note === undefined && now - told < jsonInterval) return;
    [step, told] = [current, now];
    printJson({ type: 'progress', ...progress });
  };
}
