/** Where onnxruntime's provider of that name runs a network: `dml` is DirectML, of Windows. */
export const devices = ['cpu', 'webgpu', 'cuda', 'dml'] as const;
export type Device = (typeof devices)[number];
