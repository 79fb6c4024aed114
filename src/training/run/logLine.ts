import type { Evaluation, RunEventOf, UntimedEvent } from '../../runs/model/format';
import { heldSentence } from '../../runs/model/heldSentence';

/** What the log says of an event, for people who read it after the run; null for what would only fill it. */
export function logLine(event: UntimedEvent): string | null {
  switch (event.type) {
    case 'preparing':
    case 'progress':
    case 'checkpoint':
      return null;
    case 'started':
      return beginning(event);
    case 'pruned': {
      const total = (count: 'pruned' | 'returned'): number =>
        event.layers.reduce((sum, layer) => sum + layer[count], 0);
      return `Pruned ${total('pruned')} filters, ${total('returned')} of the last time came back.`;
    }
    case 'held':
      return heldSentence(event);
    case 'epoch':
      return (
        `Epoch ${event.epoch + 1}: learning rate ${event.learningRate}, training ${inWords(event.training)}, ` +
        `validation before pruning ${inWords(event.before)}, after ${inWords(event.after)}; ${event.imagesPerSecond.toFixed(0)} images/s.`
      );
    case 'warning':
    case 'stopped':
    case 'failed':
      return event.message;
    case 'finished':
      return `Finished after ${event.seconds.toFixed(0)} s: test ${inWords(event.test)}.`;
  }
}

function beginning({ images, epochs, stepsPerEpoch, from }: Omit<RunEventOf<'started'>, 'time'>): string {
  const { training, validation, test } = images;
  const begin = from ? `Goes on in epoch ${from.epoch + 1} after ${from.step} steps. ` : '';
  return `${begin}Training for ${epochs} epochs of ${stepsPerEpoch} steps on ${training} images; ${validation} for validation, ${test} for the test.`;
}

function inWords(evaluation: Evaluation | null): string {
  if (evaluation === null) return 'none';
  const { loss, accuracy } = evaluation;
  return `loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(2)} %`;
}
