/** What a network can be written as. */
export const exportFormats = ['safetensors', 'onnx', 'tfjs'] as const;
export type ExportFormat = (typeof exportFormats)[number];
