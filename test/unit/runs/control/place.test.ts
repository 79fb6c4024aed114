import { expect, test } from 'vitest';
import { placeEnvironment, placeGiven } from '../../../../src/runs/control/place';

test('a trainer gets the place that the queue gives it', () => {
  const place = { threads: 2, engine: { id: 'onnxruntime/cpu', reason: 'The only engine set up here.' } };
  expect(placeGiven(placeEnvironment(place))).toEqual(place);
  expect(placeGiven({})).toEqual({});
});

test.each(['{', '{"threads":0}', '{"threads":1.5}', '[]', '{"engine":"cpu"}'])('%s is no place', (text) => {
  expect(placeGiven({ SFP_LAB_PLACE: text })).toEqual({});
});
