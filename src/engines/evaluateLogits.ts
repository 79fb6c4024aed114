import type { BatchResult } from './engine';

/** Mean cross-entropy and right answers of logits [count, classes]. */
export function evaluateLogits(logits: Float32Array, labels: Int32Array, count: number): BatchResult {
  const classes = logits.length / count;
  let [loss, correct] = [0, 0];
  for (let image = 0; image < count; image++) {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    const largest = own.reduce((best, logit) => Math.max(best, logit), -Infinity);
    const label = labels[image]!;
    const sum = own.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    loss += largest + Math.log(sum) - own[label]!;
    if (own.indexOf(largest) === label) correct++;
  }
  return { loss: loss / count, correct };
}
