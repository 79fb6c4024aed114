import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RandomStream } from '../../../src/base/random';
import { encodeTfjsNetwork } from '../../../src/export/tfjs';
import { parseOnnx } from '../../../src/formats/onnx/document';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType,
  ModelProtoSchema,
  TensorProto_DataType,
} from '../../../src/formats/onnx/onnx_pb';
import { readModel } from '../../../src/formats/onnx/readModel';
import { readTfjs } from '../../../src/formats/tfjsFile';
import { importOnnx } from '../../../src/network/import/onnx/importOnnx';
import { importTfjs } from '../../../src/network/import/tfjs/importTfjs';
import { prunabilityOf } from '../../../src/pruning/prunability';
import { compactResNet, lifelikeTensors } from '../../fixtures/compactNetwork';
import { mutatedBytes, mutatedJson } from '../mutations';
import { target, type FuzzTarget } from '../target';

/** Networks of other tools: whatever a file says, it is a network, a list of problems, or a refusal. */

/** A value of an enumeration, whether named or not. */
function anyOf<Value extends number>(values: Readonly<Record<string, string | Value>>, random: RandomStream): Value {
  const named = Object.values(values).filter((value): value is Value => typeof value === 'number');
  return random.below(8) === 0 ? (999 as Value) : named[random.below(named.length)]!;
}

/** Bytes anywhere, or a whole message that says something else in some places. */
function mutatedOnnx(sample: Uint8Array, random: RandomStream): Uint8Array {
  if (random.below(3) === 0) return mutatedBytes(sample, random);
  const model = fromBinary(ModelProtoSchema, sample);
  const { node, initializer, input } = model.graph!;
  for (let count = 1 + random.below(4); count > 0; count--) {
    const some = node[random.below(node.length)]!;
    const other = node[random.below(node.length)]!;
    const attribute = some.attribute[random.below(Math.max(1, some.attribute.length))];
    const tensor = initializer[random.below(initializer.length)]!;
    const dims = tensor.dims.length > 0 ? tensor.dims : [0n];
    const strange = [0n, -1n, 2n ** 62n, 1_000_000_000n, 65_537n, 3n];
    const changes: (() => void)[] = [
      () => (some.opType = other.opType),
      () => (some.input = [...other.input]),
      () => some.input.reverse(),
      () => some.input.pop(),
      () => (some.output = [...other.output]),
      () => some.attribute.pop(),
      () => (some.domain = 'ai.other'),
      () => attribute && (attribute.ints = attribute.ints.map(() => strange[random.below(strange.length)]!)),
      () => attribute && (attribute.i = strange[random.below(strange.length)]!),
      () => attribute && (attribute.f = [NaN, Infinity, -1, 0][random.below(4)]!),
      () => attribute && (attribute.type = anyOf(AttributeProto_AttributeType, random)),
      () =>
        some.attribute.push(
          create(AttributeProtoSchema, {
            name: 'auto_pad',
            type: AttributeProto_AttributeType.STRING,
            s: new Uint8Array(9),
          }),
        ),
      () => (tensor.dims = dims.map((dim, axis) => (axis === 0 ? strange[random.below(strange.length)]! : dim))),
      () => tensor.dims.reverse(),
      () => (tensor.name = initializer[0]!.name),
      () => (tensor.dataType = anyOf(TensorProto_DataType, random)),
      () => input.push(...input),
      () => node.push(some),
      () => node.reverse(),
    ];
    changes[random.below(changes.length)]!();
  }
  return toBinary(ModelProtoSchema, model);
}

export const networkTargets: readonly FuzzTarget[] = [
  target<Uint8Array>('network as ONNX', async () => {
    const files = ['residual-older-train', 'mobile-older-dynamic', 'dense-newer', 'dense-older-dynamic'];
    const samples = await Promise.all(files.map((file) => readFile(`test/fixtures/pytorch/onnx/${file}.onnx`)));
    return {
      make: (random) => mutatedOnnx(samples[random.below(samples.length)]!, random),
      read: (bytes) => {
        const model = parseOnnx(bytes, 'net.onnx');
        const { graph } = importOnnx(readModel({ file: 'net.onnx', model, external: new Map() }), { name: 'net' });
        if (graph) prunabilityOf(graph);
      },
    };
  }),
  target<{ readonly model: Uint8Array; readonly weights: Uint8Array }>('network of TensorFlow.js', async (folder) => {
    const about = { title: 'net', version: '1', input: { mean: [0], std: [1] }, classes: ['a'], metadata: {} };
    const exportable = { graph: compactResNet, tensors: lifelikeTensors(compactResNet), about };
    const { model, weights } = encodeTfjsNetwork(exportable, 'weights.bin');
    const document: unknown = JSON.parse(new TextDecoder().decode(model));
    await writeFile(join(folder, 'weights.bin'), weights);
    return {
      make: (random) =>
        random.below(3) === 0
          ? { model, weights: mutatedBytes(weights, random) }
          : { model: mutatedJson(document, random), weights },
      read: async (input) => {
        await writeFile(join(folder, 'model.json'), input.model);
        await writeFile(join(folder, 'weights.bin'), input.weights);
        const { graph } = importTfjs(await readTfjs(join(folder, 'model.json')), { name: 'net' });
        if (graph) prunabilityOf(graph);
      },
    };
  }),
];
