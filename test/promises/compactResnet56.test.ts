import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainLogits } from '../../src/export/plainLogits';
import { prepareExport } from '../../src/export/prepareExport';
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/safetensors';
import { compactedResNet } from '../fixtures/compactedResNet';
import { compactImage, shareOfRange, someImages } from '../fixtures/compactNetwork';

/** makeResnet56Logits.py says how it is made. */
const fixture = new URL('../fixtures/pytorch/resnet56Logits.safetensors', import.meta.url);
const count = 3;

const { masked, compaction } = compactedResNet('resnet56');
const images = someImages(compactImage, count);

describe('a compact ResNet-56 in PyTorch', () => {
  it('gives the logits of the masked network, from our safetensors and class', async () => {
    const folder = process.env.SFP_LAB_FIXTURES;
    if (folder !== undefined) await writeForPytorch(folder);
    const logits = decodeSafetensors(readFileSync(fixture), 'fixture').get('logits')!;
    expect(logits.shape).toEqual([count, 10]);
    expect(shareOfRange(logits.data, plainLogits(compaction.dense, masked, images, count))).toBeLessThan(1e-5);
    expect(shareOfRange(logits.data, plainLogits(compaction.graph, compaction.tensors, images, count))).toBeLessThan(
      1e-5,
    );
  });
});

async function writeForPytorch(folder: string): Promise<void> {
  const about = { title: 'Compact', version: '0', input: { mean: [0], std: [1] }, classes: [], metadata: {} };
  const { graph, tensors } = compaction;
  const exported = await prepareExport({ graph, tensors, about }, 'safetensors', join(folder, 'compact56.safetensors'));
  mkdirSync(folder, { recursive: true });
  for (const { path, bytes } of exported.files) writeFileSync(path, bytes);
  const shape = [count, compactImage.channels, compactImage.height, compactImage.width];
  writeFileSync(join(folder, 'images.safetensors'), encodeSafetensors(new Map([['images', { shape, data: images }]])));
}
