import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors';
import { checkImport } from '../../src/engines/onnxruntime/importCheck';
import { readOnnxDocument } from '../../src/formats/onnx/document';
import { readModel } from '../../src/formats/onnx/readModel';
import { importOnnx } from '../../src/network/import/onnx/importOnnx';
import { pytorchExports, pytorchFile, pytorchNetworks } from '../fixtures/importedOnnx';

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
    expect(images).toBe(way.startsWith('older-dynamic') || way === 'newer' ? 3 : 2);
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
