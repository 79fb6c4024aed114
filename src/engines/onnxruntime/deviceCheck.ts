import type { InferenceSession } from 'onnxruntime-node';
import { initialState } from '../../network/initialState';
import type { TensorMap } from '../../network/state';
import { discoveredGpu, openedAdapter, type Adapter } from './adapter';
import { gpuStepModel } from './compiledNetwork';
import type { Device } from './device';
import { allTrained } from './flatState';
import { runIsolated, type Feed } from './isolatedRun';
import { sessionOptions, type Runtime } from './runtime';
import { agree, sampleBatch, sampleGraph, sampleOptions } from './sampleNetwork';

export type GpuDevice = Exclude<Device, 'cpu'>;

/** What a training step of a small network showed about a device. */
export interface DeviceCheck {
  readonly works: boolean;
  /** Null where nothing could be opened. */
  readonly adapter: Adapter | null;
  /** A sentence for people. */
  readonly reason: string;
}

export const deviceNames: Readonly<Record<GpuDevice, string>> = { webgpu: 'WebGPU', cuda: 'CUDA', dml: 'DirectML' };

const checks = new Map<GpuDevice, Promise<DeviceCheck>>();

/**
 * Whether onnxruntime's provider for a device really works here: it has to run a training step in a process of its own, whole,
 * and give what the CPU gives. Checked once in a process. That the adapter is a software one is not held against it.
 */
export function checkDevice(runtime: Runtime, device: GpuDevice): Promise<DeviceCheck> {
  const known = checks.get(device) ?? runCheck(runtime, device);
  checks.set(device, known);
  return known;
}

async function runCheck(runtime: Runtime, device: GpuDevice): Promise<DeviceCheck> {
  const missing = notBundled(runtime, device);
  if (missing !== null) return { works: false, adapter: null, reason: missing };
  const model = gpuStepModel(sampleGraph, sampleOptions);
  const feeds = sampleFeeds();
  const settings = { device, threads: 1, optimization: 'all' } as const;
  const result = await runIsolated({ model, feeds, options: sessionOptions(settings) });
  if ('failure' in result)
    return { works: false, adapter: null, reason: failureReason(device, result.failure, result.log) };
  // CUDA runs on graphics cards alone.
  const adapter: Adapter =
    device === 'cuda' ? { kind: 'hardware', name: discoveredGpu(result.log) } : openedAdapter(result.log);
  const expected = await onCpu(runtime, model, feeds, sessionOptions({ ...settings, device: 'cpu' }));
  const right = Object.entries(expected).every(([name, values]) => agree(result.outputs[name] ?? [], values));
  const [what, name] = [deviceNames[device], adapter.name ?? 'an adapter without a name'];
  return right
    ? { works: true, adapter, reason: `A training step through ${what} (${name}) gave what the CPU gives.` }
    : { works: false, adapter, reason: `A training step through ${what} (${name}) gave other numbers than the CPU.` };
}

function notBundled(runtime: Runtime, device: GpuDevice): string | null {
  const backend = runtime.listSupportedBackends().find(({ name }) => name === device);
  const platform = `${process.platform}/${process.arch}`;
  if (!backend) return `onnxruntime has no ${deviceNames[device]} on ${platform}.`;
  if (device !== 'cuda' || backend.bundled) return null;
  return "onnxruntime's CUDA library is not installed; WebGPU reaches NVIDIA cards without it.";
}

/** Sentences for the ways to fail that a user can do something about; onnxruntime's own words for others. */
function failureReason(device: GpuDevice, failure: string, log: string): string {
  if (/couldn't load vulkan/i.test(log))
    return 'WebGPU finds no GPU: the library libvulkan.so.1 is missing, which comes with the package libvulkan1 (vulkan-loader) of the system.';
  if (/failed to get a webgpu adapter/i.test(failure))
    return 'WebGPU finds no GPU here that it can use: there is none, or its driver is not installed.';
  if (/providers_cuda|libcud|cudnn|CUDA failure/i.test(failure))
    return `onnxruntime's CUDA library cannot be used: ${firstLine(failure)}`;
  return `A training step through ${deviceNames[device]} failed: ${firstLine(failure)}`;
}

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0]!.slice(0, 300);
  return line.endsWith('.') ? line : `${line}.`;
}

function sampleFeeds(): Record<string, Feed> {
  const { images, labels, count } = sampleBatch();
  const state = initialState(sampleGraph, 1);
  const flat = (tensors: TensorMap): Feed => {
    const data = Float32Array.from([...tensors.values()].flatMap((tensor) => [...tensor.data]));
    return { type: 'float32', data, dims: [data.length] };
  };
  return {
    images: { type: 'float32', data: images, dims: [count, 3, 8, 8] },
    labels: { type: 'int32', data: labels, dims: [count] },
    learningRate: { type: 'float32', data: Float32Array.of(0.1), dims: [] },
    parameters: flat(state.parameters),
    momenta: flat(state.momenta),
    statistics: flat(state.statistics),
    trained: { type: 'float32', data: allTrained, dims: [1] },
  };
}

async function onCpu(
  runtime: Runtime,
  model: Uint8Array,
  feeds: Readonly<Record<string, Feed>>,
  options: InferenceSession.SessionOptions,
): Promise<Record<string, Float32Array>> {
  const session = await runtime.InferenceSession.create(model, options);
  try {
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      new runtime.Tensor(type, data, dims),
    ]);
    const results = await session.run(Object.fromEntries(tensors) as InferenceSession.FeedsType);
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
  } finally {
    await session.release();
  }
}
