import { describe, expect, it } from 'vitest';
import { fineTuningRecipe } from '../../../src/experiment/fineTuningRecipe';

const resnet = { parameters: 270_000, hasBatchNorm: true };

describe('a recipe for fine-tuning', () => {
  it("has a tenth of the paper's learning rates for CIFAR-10, which fall as the paper's do", () => {
    const { epochs, batchSize, learningRateSchedule, rate, settleEpochs, groups, batchNorm } = fineTuningRecipe(
      resnet,
      50_000,
    );
    expect([epochs.value, batchSize.value, rate.value, settleEpochs.value]).toEqual([40, 128, 0.3, 14]);
    expect(learningRateSchedule.value).toEqual([
      { epoch: 0, learningRate: 0.01 },
      { epoch: 12, learningRate: 0.002 },
      { epoch: 24, learningRate: 0.0004 },
      { epoch: 32, learningRate: 0.00008 },
    ]);
    expect([groups.value, batchNorm?.value]).toEqual(['coupled', 'zero']);
  });

  it('is gentler where there are no batch norms, and has nothing to say of them', () => {
    const { learningRateSchedule, rate, batchNorm } = fineTuningRecipe({ ...resnet, hasBatchNorm: false }, 50_000);
    expect([learningRateSchedule.value[0]?.learningRate, rate.value, batchNorm]).toEqual([0.001, 0.1, null]);
    expect(learningRateSchedule.reason).toContain('Without batch norms');
  });

  it('takes smaller batches of few images, with smaller learning rates and more epochs', () => {
    const { epochs, batchSize, learningRateSchedule } = fineTuningRecipe(resnet, 2000);
    expect([epochs.value, batchSize.value, learningRateSchedule.value[0]?.learningRate]).toEqual([100, 32, 0.0025]);
    expect(learningRateSchedule.reason).toContain('32 of 128');
  });

  it('takes fewer epochs of a network that could learn the images by heart, and of very many images', () => {
    const { epochs } = fineTuningRecipe({ ...resnet, parameters: 25_600_000 }, 5000);
    expect(epochs.value).toBe(30);
    expect(epochs.reason).toContain('25,600,000 parameters');
    expect(fineTuningRecipe(resnet, 1_281_167).epochs.value).toBe(10);
  });

  it('says where nobody has counted the images', () => {
    const { epochs } = fineTuningRecipe(resnet, null);
    expect(epochs.value).toBe(40);
    expect(epochs.reason).toContain('Nobody has counted the images yet');
  });

  it('never has a batch of more images than are left for training, for any count', () => {
    for (const images of [1, 2, 10, 17, 100, 999, 6400, 1e7]) {
      const { batchSize, learningRateSchedule, epochs, settleEpochs } = fineTuningRecipe(resnet, images);
      expect(batchSize.value).toBeGreaterThanOrEqual(1);
      expect(batchSize.value).toBeLessThanOrEqual(Math.max(1, images * 0.8));
      expect(settleEpochs.value).toBeLessThan(epochs.value);
      const begins = learningRateSchedule.value.map(({ epoch }) => epoch);
      expect(begins).toEqual([...new Set(begins)].sort((a, b) => a - b));
      expect(begins.at(-1)).toBeLessThan(epochs.value);
    }
  });
});
