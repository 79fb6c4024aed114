import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors';
import type { Exportable } from '../../src/export/exportable';
import { encodeOnnxNetwork } from '../../src/export/onnx';
import { checkOnnx } from '../../src/export/onnxCheck';
import { prepareExport } from '../../src/export/prepareExport';
import { compactResNet, lifelikeTensors } from '../fixtures/compactNetwork';

function network(seed = 1): Exportable {
  const about = { title: 'A test', version: '0', input: { mean: [0], std: [1] }, classes: [], metadata: {} };
  return { graph: compactResNet, tensors: lifelikeTensors(compactResNet, seed), about };
}

describe('an ONNX file before it is written', () => {
  it('has been run in onnxruntime, and says how far it is from the network', async () => {
    const { files, check, note } = await prepareExport(network(), 'onnx', 'net.onnx');
    expect(files.map(({ path }) => path)).toEqual(['net.onnx']);
    expect(check!.images).toBe(4);
    expect(check!.largestDifference).toBeGreaterThan(0);
    expect(check!.largestDifference).toBeLessThan(1e-5 * check!.logitsRange);
    expect(note).toMatch(/^ONNX, operator set 17; in onnxruntime its logits differ by \d\.\de-\d at most/);
  });

  it('is refused when one weight is another', async () => {
    const changed = network();
    const bytes = encodeOnnxNetwork(changed);
    changed.tensors.get('stage3.block1.bn2.running_var')!.data[5]! *= 1.1;
    const checking = checkOnnx(bytes, changed);
    await expect(checking).rejects.toBeInstanceOf(UserError);
    await expect(checking).rejects.toThrow(/^In onnxruntime the ONNX file gives logits that differ by .* not written/);
  });

  it.each([NaN, Infinity])('is refused when a weight is %d', async (value) => {
    const broken = network();
    broken.tensors.get('stem.conv.weight')!.data[3] = value;
    await expect(prepareExport(broken, 'onnx', 'net.onnx')).rejects.toThrow(/not finite \("stem\.conv\.weight"\)/);
  });
});
