import { describe, expect, it } from 'vitest';
import { EvaluationPace, Pace, secondsLeft } from '../../../../src/training/loop/pace';

describe('Pace', () => {
  it('counts the time of training only', () => {
    const pace = new Pace();
    pace.begin(0);
    for (let step = 1; step <= 10; step++) pace.step(100, step * 500);
    // A minute of evaluation, then on at the same speed.
    pace.begin(65_000);
    for (let step = 1; step <= 10; step++) pace.step(100, 65_000 + step * 500);
    expect(pace.imagesPerSecond()).toBeCloseTo(200, 9);
  });

  it('follows a change of speed within its window', () => {
    const pace = new Pace();
    pace.begin(0);
    for (let step = 1; step <= 100; step++) pace.step(100, step * 1000);
    for (let step = 1; step <= 40; step++) pace.step(100, 100_000 + step * 250);
    expect(pace.imagesPerSecond()).toBeCloseTo(400, -1);
  });

  it('is 0 before the first step', () => {
    expect(new Pace().imagesPerSecond()).toBe(0);
  });
});

describe('secondsLeft', () => {
  const work = { trainingImages: 4000, evaluationImages: 1200 };

  it('adds training and evaluation, each at its own speed', () => {
    const evaluation = new EvaluationPace();
    evaluation.add(500, 0.5);
    evaluation.add(1500, 1.5);
    expect(secondsLeft(work, 400, evaluation)).toBeCloseTo(10 + 1.2, 9);
  });

  it('guesses evaluation to be three times as fast as training until it was timed', () => {
    expect(secondsLeft(work, 400, new EvaluationPace())).toBeCloseTo(10 + 1, 9);
  });

  it('is unknown before the first step', () => {
    expect(secondsLeft(work, 0, new EvaluationPace())).toBeNull();
  });
});
