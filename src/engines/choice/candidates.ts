import { UserError } from '../../base/errors';
import type { Engine } from '../engine';
import { onnxruntimeDevices, onnxruntimeEngine } from '../onnxruntime';
import type { Device } from '../onnxruntime/device';
import { tensorflowEngine } from '../tensorflow';
import { findInstallations, type TensorflowInstallation } from '../tensorflow/installation';

/** How an engine is to run. */
export interface EngineSettings {
  /** CPU threads; null means one for each physical core. */
  readonly threads: number | null;
  /** Lets NVIDIA GPUs round the operands of convolutions and products. */
  readonly tf32: boolean;
  /** Where engines that do not come with the installation have been set up. */
  readonly enginesFolder: string;
}

/** An engine on a device, which works here or not. */
export interface Candidate {
  /** `tensorflow/gpu`, `onnxruntime/webgpu` … */
  readonly id: string;
  readonly name: Engine['description']['name'];
  readonly device: 'cpu' | 'gpu';
  /** For people: `tensorflow on the CPU`. */
  readonly title: string;
  readonly available: boolean;
  /** Why it can be used, or why not and what to do about it. */
  readonly reason: string;
  /** What decides its speed besides network and machine. */
  readonly version: string;
}

const providerTitles: Readonly<Record<Device, string>> = {
  cpu: 'the CPU',
  webgpu: 'a GPU by WebGPU',
  cuda: 'a GPU by CUDA',
  dml: 'a GPU by DirectML',
};

/** All engines on all devices, usable or not; nothing of TensorFlow is loaded. */
export async function findCandidates({ enginesFolder }: Pick<EngineSettings, 'enginesFolder'>): Promise<Candidate[]> {
  return [...(await tensorflowCandidates(enginesFolder)), ...(await onnxruntimeCandidates())];
}

/** Opens one in this process. Throws a UserError where that fails. */
export async function openCandidate(id: string, settings: EngineSettings): Promise<Engine> {
  const [name, device] = id.split('/');
  const { threads, tf32, enginesFolder } = settings;
  if (name === 'onnxruntime') return onnxruntimeEngine({ device: device as Device, threads });
  const { installations } = await findInstallations(enginesFolder);
  const installation = installations.find(({ gpu }) => gpu === (device === 'gpu'));
  if (name !== 'tensorflow' || !installation) throw new UserError(`There is no engine "${id}" on this machine.`);
  const engine = await tensorflowEngine({ installation, threads, tf32 });
  // Without a driver or one of its libraries it goes on with the CPU, and warns in a log.
  if (installation.gpu && !engine.description.device.startsWith('GPU'))
    throw new UserError(
      'TensorFlow finds no GPU here, or not all of the CUDA libraries that it needs: see "GPU" in docs/engines.md.',
    );
  return engine;
}

async function tensorflowCandidates(enginesFolder: string): Promise<Candidate[]> {
  const { installations, problems } = await findInstallations(enginesFolder);
  const damaged = problems[0];
  return (['gpu', 'cpu'] as const).map((device) => {
    const installation = installations.find(({ gpu }) => gpu === (device === 'gpu'));
    return {
      id: `tensorflow/${device}`,
      name: 'tensorflow' as const,
      device,
      title: `tensorflow on the ${device === 'gpu' ? 'GPU' : 'CPU'}`,
      available: installation !== undefined,
      reason: installation ? described(installation) : (damaged ?? absent(device)),
      version: installation?.tensorflowVersion ?? '',
    };
  });
}

function described({ tensorflowVersion, packageName, packageVersion }: TensorflowInstallation): string {
  return `TensorFlow ${tensorflowVersion} with ${packageName} ${packageVersion} is set up.`;
}

function absent(device: 'cpu' | 'gpu'): string {
  return device === 'gpu'
    ? 'Not set up; with an NVIDIA GPU, run "sfp engines setup --gpu".'
    : 'Not set up; run "sfp engines setup".';
}

async function onnxruntimeCandidates(): Promise<Candidate[]> {
  const devices = await onnxruntimeDevices();
  return devices.map(({ device, available, reason }) => ({
    id: `onnxruntime/${device}`,
    name: 'onnxruntime' as const,
    device: device === 'cpu' ? ('cpu' as const) : ('gpu' as const),
    title: `onnxruntime on ${providerTitles[device]}`,
    available,
    reason,
    version: process.versions.node,
  }));
}
