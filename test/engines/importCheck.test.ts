import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors';
import { checkImport } from '../../src/engines/onnxruntime/importCheck';
import { readOnnxDocument } from '../../src/formats/onnx/document';
import { readModel } from '../../src/formats/onnx/readModel';
import { importOnnx } from '../../src/network/import/onnx/importOnnx';
import { pytorchExports, pytorchFile, pytorchNetworks } from '../fixtures/importedOnnx';
import { onnxBytes, someValues } from '../fixtures/onnxModel';
import { temporaryFolder } from '../fixtures/temporaryFolder';

async function read(file: string) {
  const document = await readOnnxDocument(file);
  const { graph, tensors, file: own } = importOnnx(readModel(document), { name: 'net' });
  return { document, imported: { graph: graph!, tensors, file: own! } };
}

describe('networks that PyTorch exported', () => {
  const ways = pytorchNetworks.flatMap((network) => pytorchExports.map((way) => [network, way] as const));

  it.each(ways)('give the logits of their files in onnxruntime: %s, %s', async (network, way) => {
    const { document, imported } = await read(pytorchFile(network, way));
    const { images, largestDifference, logitsRange } = await checkImport(document, imported);
    expect(images).toBe(2);
    expect(logitsRange).toBeGreaterThan(0);
    expect(largestDifference).toBeLessThanOrEqual(1e-5 * logitsRange);
  });
});

it('is noticed when a network was read wrongly', async () => {
  const { document, imported } = await read(pytorchFile('residual', 'older-dynamic'));
  const [name, tensor] = [...imported.tensors].find(([each]) => each === 'layers.0.conv2.weight')!;
  const data = tensor.data.map((value, index) => (index === 7 ? value + 0.05 : value));
  const tensors = new Map([...imported.tensors, [name, { ...tensor, data }]]);
  await expect(checkImport(document, { ...imported, tensors })).rejects.toThrow(UserError);
});

describe('a mean over windows with padding that counts', () => {
  const extents = [6, 7, 8, 9];
  const paddings = [
    [0, 0, 1, 1],
    [1, 0, 2, 1],
    [0, 1, 0, 2],
    [1, 1, 1, 1],
    [2, 2, 2, 2],
  ];
  const windows = [
    [2, 2],
    [3, 2],
    [3, 3],
    [2, 3],
  ] as const;
  // As ONNX wants it, no window is padding alone.
  const cases = paddings.flatMap((pads) =>
    windows
      .filter(([size]) => Math.max(...pads) < size)
      .flatMap(([size, stride]) => [0, 1].map((ceil) => [pads.join(' '), size, stride, ceil, pads] as const)),
  );

  it.each(cases)(
    'gives what onnxruntime gives: pads %s, window %i, stride %i, ceil_mode %i',
    async (_, size, stride, ceil, pads) => {
      for (const extent of extents) {
        const attributes = {
          kernel_shape: [size, size],
          strides: [stride, stride],
          pads,
          ceil_mode: ceil,
          count_include_pad: 1,
        };
        const file = join(temporaryFolder(), 'net.onnx');
        writeFileSync(
          file,
          onnxBytes({
            nodes: [
              ['AveragePool', ['x'], 'y', attributes],
              ['Conv', ['y', 'conv.weight'], 'c', { kernel_shape: [2, 2] }],
              ['GlobalMaxPool', ['c'], 'g'],
              ['Flatten', ['g'], 'logits'],
            ],
            tensors: { 'conv.weight': [[10, 1, 2, 2], someValues(40)] },
            input: ['n', 1, extent, extent],
          }),
        );
        const { document, imported } = await read(file);
        const { largestDifference, logitsRange } = await checkImport(document, imported);
        expect(largestDifference).toBeLessThanOrEqual(1e-5 * logitsRange);
      }
    },
  );
});
