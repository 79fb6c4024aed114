import { UserError } from '../../base/errors';
import type { LayerGraph } from '../../network/graph';
import type { CompileOptions, Engine } from '../engine';
import { cpuText } from '../cpuText';
import { physicalCores } from '../physicalCores';
import type { Adapter } from './adapter';
import { whyPlainPays } from './blocked/blocksPay';
import { compileNetwork, plain, type Convolutions } from './compiledNetwork';
import { devices, type Device } from './device';
import { checkDevice, deviceNames, type GpuDevice } from './deviceCheck';
import { usableConvolutions } from './usableConvolutions';
import { loadRuntime, type GraphOptimization, type Runtime } from './runtime';

export type { Adapter } from './adapter';
export type { Device } from './device';

export interface OnnxruntimeOptions {
  /** The CPU if left out. */
  readonly device?: Device;
  /** Takes an adapter that is not known to be a GPU, too: software ones are slower than the CPU, but good for tests. */
  readonly softwareAdapter?: boolean;
  /** CPU threads; one for each physical core if left out. */
  readonly threads?: number | null;
  /** How hard onnxruntime rewrites our graphs; all it can if left out. */
  readonly optimization?: GraphOptimization;
  /**
   * `blocked` are several times faster unless a network is very narrow; the network, and a check before compiling whether they
   * work, decide if left out. For the CPU.
   */
  readonly convolutions?: 'blocked' | 'plain';
}

export interface OnnxruntimeDevice {
  readonly device: Device;
  readonly available: boolean;
  /** A sentence why it is, or is not, usable. */
  readonly reason: string;
}

/** What WebGPU would compute on, and a sentence about it. */
export interface WebgpuAdapter {
  readonly adapter: Adapter | null;
  /** Whether it is a real graphics card on which a training step gave the right numbers. */
  readonly usable: boolean;
  readonly reason: string;
}

/**
 * onnxruntime on the CPU comes with `npm install` alone; on a GPU it needs that GPU's driver.
 * Throws a UserError where its native library cannot be loaded, or the device does not work.
 */
export async function onnxruntimeEngine(options: OnnxruntimeOptions = {}): Promise<Engine> {
  const runtime = await loadRuntime();
  const device = options.device ?? 'cpu';
  const threads = options.threads ?? (await physicalCores());
  const sessions = { device, threads, optimization: options.optimization ?? 'all', sharesCores: true } as const;
  return {
    description: {
      name: 'onnxruntime',
      device: device === 'cpu' ? cpuText(threads) : await gpuText(runtime, device, options.softwareAdapter ?? false),
      threads: device === 'cpu' ? threads : null,
      versions: { 'onnxruntime-node': runtime.env.versions.node ?? 'unknown', node: process.versions.node },
    },
    // Checked when a network is compiled, as one who only asks what the engine is need not wait for it.
    compile: async (graph: LayerGraph, compileOptions: CompileOptions) => {
      const usable = device === 'cpu' ? await usableConvolutions(runtime, sessions, options.convolutions) : plain;
      const convolutions = options.convolutions === undefined ? fasterOf(usable, graph) : usable;
      return compileNetwork(runtime, graph, compileOptions, { ...sessions, convolutions });
    },
  };
}

function fasterOf(usable: Convolutions, graph: LayerGraph): Convolutions {
  const why = usable.kind === 'plain' ? null : whyPlainPays(graph, usable.block);
  return why === null ? usable : { kind: 'plain', why };
}

/** All devices that onnxruntime knows, tried one after another: takes some seconds. Throws a UserError where it cannot be loaded. */
export async function onnxruntimeDevices(): Promise<OnnxruntimeDevice[]> {
  const runtime = await loadRuntime();
  const listed: OnnxruntimeDevice[] = [];
  for (const device of devices) {
    if (device === 'cpu') {
      listed.push({ device, available: true, reason: 'onnxruntime on the CPU comes with the installation.' });
      continue;
    }
    const { usable, reason } = await tried(runtime, device);
    listed.push({ device, available: usable, reason });
  }
  return listed;
}

/** The adapter that onnxruntime's WebGPU opens, found out in a process of its own. A software adapter is not usable. */
export async function webgpuAdapter(): Promise<WebgpuAdapter> {
  return tried(await loadRuntime(), 'webgpu');
}

async function tried(runtime: Runtime, device: GpuDevice, softwareAdapter = false): Promise<WebgpuAdapter> {
  const { works, adapter, reason } = await checkDevice(runtime, device);
  if (!works || !adapter || adapter.kind === 'hardware' || softwareAdapter) return { adapter, usable: works, reason };
  return { adapter, usable: false, reason: noHardwareReason(device, adapter) };
}

function noHardwareReason(device: GpuDevice, { kind, name }: Adapter): string {
  if (kind === 'unknown') return `${deviceNames[device]} opens an adapter, but nothing tells whether it is a GPU.`;
  const which = name === null ? '' : ` (${name})`;
  return `${deviceNames[device]} finds only a software adapter${which}, which computes on the CPU and is slower than the engine there: there is no GPU, or its driver is not installed.`;
}

async function gpuText(runtime: Runtime, device: GpuDevice, softwareAdapter: boolean): Promise<string> {
  const { adapter, usable, reason } = await tried(runtime, device, softwareAdapter);
  if (!usable) throw new UserError(`The engine onnxruntime cannot use the device "${device}". ${reason}`);
  const what = adapter?.kind === 'hardware' ? 'GPU' : 'Software adapter';
  return `${what} by ${deviceNames[device]}${adapter?.name ? ` (${adapter.name})` : ''}`;
}
