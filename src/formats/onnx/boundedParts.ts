import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** What an object takes of memory beside the values in it. */
const weightOfMessage = 4;

/**
 * Walks through the bytes of a protobuf message without decoding it. Throws an Error when it has more messages and values than
 * `most`, of which a few bytes each can ask for a hundred times the memory; long runs of bytes, such as weights, count once.
 */
export function requireBoundedParts(schema: DescMessage, bytes: Uint8Array, most: number): void {
  let left = most;
  const take = (parts: number): void => {
    if ((left -= parts) < 0) throw new Error(`it has more than ${most} parts`);
  };
  const walk = (fields: ReadonlyMap<number, DescField>, reader: BinaryReader, end: number): void => {
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const field = fields.get(number);
      if (!field) {
        reader.skip(wireType, number);
        continue;
      }
      take(1);
      if (wireType !== WireType.LengthDelimited || !hasParts(field)) {
        reader.skip(wireType, number);
        continue;
      }
      const length = reader.uint32();
      const stop = reader.pos + length;
      if (stop > end) throw new Error('a part ends behind the one that it is in');
      if (field.message) {
        take(weightOfMessage);
        walk(fieldsOf(field.message), reader, stop);
      } else {
        // Packed values take a byte at least.
        take(length);
        reader.pos = stop;
      }
    }
  };
  walk(fieldsOf(schema), new BinaryReader(bytes), bytes.length);
}

function hasParts(field: DescField): boolean {
  return field.message !== undefined || (field.fieldKind === 'list' && !isText(field));
}

function isText({ scalar }: DescField): boolean {
  // A list of texts has one entry a field.
  return scalar === ScalarType.STRING || scalar === ScalarType.BYTES;
}

const known = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsOf(schema: DescMessage): ReadonlyMap<number, DescField> {
  const fields = known.get(schema) ?? new Map(schema.fields.map((field) => [field.number, field]));
  known.set(schema, fields);
  return fields;
}
