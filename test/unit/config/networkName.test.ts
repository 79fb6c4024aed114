import { expect, test } from 'vitest';
import { networkFileOf, networkName } from '../../../src/config/networkName';
import { runConfigSchema } from '../../../src/config/schema';

const modelOf = (model: object) => runConfigSchema.parse({ name: 'run', model }).model;

test('a network is called by its name in the zoo, or after its file', () => {
  expect(networkName(modelOf({}))).toBe('resnet20');
  expect(networkName(modelOf({ onnx: '../nets/net.onnx' }))).toBe('net.onnx');
  expect(networkName(modelOf({ tfjs: 'a\\model.json' }))).toBe('model.json');
});

test('only a network of the zoo has no file', () => {
  expect(networkFileOf(modelOf({ arch: 'resnet56' }))).toBeNull();
  expect(networkFileOf(modelOf({ onnx: 'net.onnx' }))).toEqual({ path: 'net.onnx', format: 'onnx' });
  expect(networkFileOf(modelOf({ tfjs: 'model.json' }))).toEqual({ path: 'model.json', format: 'tfjs' });
});
