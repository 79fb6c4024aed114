import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { parseOnnx, readOnnxDocument } from '../../../../src/formats/onnx/document';
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
} from '../../../../src/formats/onnx/onnx_pb';
import { floatsOf, readModel } from '../../../../src/formats/onnx/readModel';
import { onnxBytes } from '../../../fixtures/onnxModel';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sfp-onnx-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A file whose one tensor is in another file. */
async function withExternal(facts: Readonly<Record<string, string>>): Promise<string> {
  const externalData = Object.entries(facts).map(([key, value]) => ({ key, value }));
  const tensor = { name: 'w', dataType: DataType.FLOAT, dims: [2n], dataLocation: DataLocation.EXTERNAL, externalData };
  const file = join(folder, 'net.onnx');
  await writeFile(file, onnxBytes({ nodes: [['Relu', ['x'], 'y']], initializers: [tensor] }));
  return file;
}

async function refusal(file: string): Promise<string> {
  const error: unknown = await readOnnxDocument(file)
    .then(readModel)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message;
}

describe('an ONNX file with its weights in it', () => {
  it('gives them as they are, at whatever byte they begin', async () => {
    const names = ['a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg'];
    const values = new Map(names.map((name, index) => [name, Float32Array.of(index, -index, 1 / (index + 3))]));
    const tensors = Object.fromEntries([...values].map(([name, data]) => [name, [[3], data] as const]));
    const file = join(folder, 'net.onnx');
    await writeFile(file, onnxBytes({ nodes: [['Relu', ['x'], 'y']], tensors }));
    const read = readModel(await readOnnxDocument(file)).tensors;
    for (const [name, data] of values) expect(floatsOf(read.get(name)!)).toEqual(data);
    const whole = read.get('a')!.bytes.buffer;
    // Without a copy: they would take as much memory again.
    expect(names.every((name) => floatsOf(read.get(name)!).buffer === whole)).toBe(true);
  });
});

describe('an ONNX file with weights in a file beside it', () => {
  it('is read with them', async () => {
    await writeFile(join(folder, 'net.bin'), new Uint8Array(Float32Array.of(7, 1, 2, 3).buffer));
    const file = await withExternal({ location: 'net.bin', offset: '4', length: '8' });
    const { tensors } = readModel(await readOnnxDocument(file));
    expect([...floatsOf(tensors.get('w')!)]).toEqual([1, 2]);
  });

  it.each(['../net.bin', '/etc/passwd', 'sub/net.bin', 'C:\\net.bin', '..', '', 'net.bin\0x'])(
    'takes none from %j',
    async (location) => {
      expect(await refusal(await withExternal({ location }))).toContain('must be in a file of the same folder');
    },
  );

  it('does not follow a link', async () => {
    await writeFile(join(folder, 'elsewhere'), new Uint8Array(8));
    await symlink(join(folder, 'elsewhere'), join(folder, 'net.bin'));
    expect(await refusal(await withExternal({ location: 'net.bin' }))).toContain('not a file but a link');
  });

  it('takes no more of it than there is', async () => {
    await writeFile(join(folder, 'net.bin'), new Uint8Array(8));
    for (const place of [
      { offset: '4' },
      { offset: '4', length: '8' },
      { offset: '-4', length: '8' },
      { length: '1e9' },
    ])
      expect(await refusal(await withExternal({ location: 'net.bin', ...place }))).toMatch(/lies outside|but has/);
  });

  it('says when it is not there', async () => {
    expect(await refusal(await withExternal({ location: 'net.bin' }))).toContain('which is not there');
  });
});

describe('what is no ONNX file', () => {
  it('is refused with a sentence', async () => {
    const file = join(folder, 'net.onnx');
    expect(await refusal(file)).toContain('There is no file');
    for (const bytes of [
      new Uint8Array(),
      new TextEncoder().encode('{"format":"layers-model"}'),
      new Uint8Array(99).fill(255),
    ]) {
      await writeFile(file, bytes);
      expect(await refusal(file)).toContain('is not a whole ONNX file');
    }
  });

  it('is refused before it takes memory when it is larger than a file can be', async () => {
    const file = join(folder, 'net.onnx');
    await writeFile(file, '');
    await truncate(file, 3 * 2 ** 30);
    expect(await refusal(file)).toContain('larger than such a file can be');
  });

  it('is noticed wherever it ends too early', async () => {
    const whole = await readFile('test/fixtures/pytorch/onnx/mobile-older-folded.onnx');
    for (let length = 0; length < whole.length; length += 97)
      expect(() =>
        readModel({ file: 'f', model: parseOnnx(whole.subarray(0, length), 'f'), external: new Map() }),
      ).toThrow(UserError);
  });
});
