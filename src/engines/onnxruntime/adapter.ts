/** The graphics adapter that onnxruntime opens. */
export interface Adapter {
  /** `unknown` where nothing tells whether it is a graphics card. */
  readonly kind: 'hardware' | 'software' | 'unknown';
  /** For people; null where the system does not tell. */
  readonly name: string | null;
}

const vendors: Readonly<Record<number, string>> = {
  0x1002: 'AMD',
  0x106b: 'Apple',
  0x10de: 'NVIDIA',
  0x5143: 'Qualcomm',
  0x8086: 'Intel',
};

/** Rasterisers that run on the CPU: SwiftShader, Mesa's lavapipe and softpipe, and Windows' WARP. */
const softwareDevice = /swiftshader|llvmpipe|lavapipe|libvulkan_lvp|softpipe|basic render|\bwarp\b/i;

/**
 * Which adapter WebGPU opened, from what was logged meanwhile, as onnxruntime-node has no call that tells it.
 * On Linux Vulkan's loader names it. Elsewhere the cards count that onnxruntime finds by itself: macOS has no software adapter,
 * and Windows takes its own only where there is no card. A card that is there but too old for WebGPU would be mistaken for the
 * adapter in use on Windows, and on Linux with a loader that only lists the devices there are.
 */
export function openedAdapter(log: string, platform: NodeJS.Platform = process.platform): Adapter {
  if (platform === 'darwin' || platform === 'win32') {
    const name = discoveredGpu(log);
    return { kind: name !== null || platform === 'darwin' ? 'hardware' : 'software', name };
  }
  return vulkanAdapter(log) ?? { kind: 'unknown', name: null };
}

/** The fastest graphics card that onnxruntime finds by itself; software and remote adapters are not among them. */
export function discoveredGpu(log: string): string | null {
  const pattern = /OrtHardwareDevice \{vendor_id:0x([0-9a-f]+),.*? vendor:(.*?), type:1, metadata: \[(.*)\]\}/g;
  const cards = [...log.matchAll(pattern)].map(([, vendorId = '', vendor = '', metadata = '']) => {
    const description = /(?:^|, )Description=(.*?)(?:, \w+=|, $|$)/.exec(metadata)?.[1];
    const byVendor = vendor === '' ? (vendors[parseInt(vendorId, 16)] ?? 'GPU') : vendor;
    // Windows' order for those who want speed, which WebGPU follows.
    const rank = Number(/DxgiHighPerformanceIndex=(\d+)/.exec(metadata)?.[1] ?? Infinity);
    return { name: description ?? byVendor, rank };
  });
  const [fastest] = cards
    .filter(({ name }) => !softwareDevice.test(name))
    .sort((left, right) => (left.rank === right.rank ? 0 : left.rank - right.rank));
  return fastest?.name ?? null;
}

/** Newer loaders tell which device was opened; older ones list those there are, of which WebGPU prefers graphics cards. */
function vulkanAdapter(log: string): Adapter | null {
  const opened = [...log.matchAll(/Using "(.*?)" with driver: "(.*?)"/g)].at(-1);
  if (opened) return named(opened[1]!, opened[2]);
  const listed = [...log.matchAll(/(?:INFO|DRIVER).*:\s+\[\d+\] (.+?)\s*$/gm)].map(([, name]) => named(name!));
  return listed.find(({ kind }) => kind === 'hardware') ?? listed[0] ?? null;
}

function named(name: string, driver = ''): Adapter {
  return { kind: softwareDevice.test(`${name} ${driver}`) ? 'software' : 'hardware', name };
}
