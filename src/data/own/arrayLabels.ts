import { allValues, type ArrayFile } from './arrayFile';
import type { ArrayPart } from './arrayRoles';
import { fail } from './fail';
import { textsIn } from './npy';
import { bytesOf, valuesIn, type ValueType } from './valueTypes';

/** As many as a data set of hundreds of millions of images has, in eight bytes each, would be more than is sensible here. */
const mostLabelBytes = 512 << 20;
const mostNameBytes = 64 << 20;

/** The labels of a part. Throws a UserError with the place of one that is no class. */
export async function labelsOf(part: ArrayPart, path: string, mostClasses: number): Promise<Uint16Array> {
  const type = part.labels.type as ValueType;
  if (part.count * bytesOf[type] > mostLabelBytes)
    throw fail(path, `has more labels in "${part.labels.name}" than can be`);
  const values = valuesIn(await allValues(part.labels), type);
  const wrong = values.findIndex((value) => !(value >= 0 && value < mostClasses));
  if (wrong === -1) return Uint16Array.from(values);
  throw fail(
    path,
    `has the label ${values[wrong]} at place ${wrong} of "${part.labels.name}": labels count from 0 to ${mostClasses - 1} at most`,
  );
}

/** Names of classes that the file brings along, in an array `class_names`; null where there is none. */
export async function storedClassNames({ arrays }: ArrayFile): Promise<readonly string[] | null> {
  const names = arrays.get('class_names');
  if (names === undefined || typeof names.type !== 'object' || 'problem' in names.type) return null;
  const { characters, bytes } = names.type;
  if (names.shape.length !== 1 || names.shape[0]! * characters * bytes > mostNameBytes) return null;
  return textsIn(await allValues(names), names.type);
}

/**
 * Names of all classes: those that are given, or else the numbers of the labels. Throws a UserError when a label has no name, a
 * class has no training image, or only the test part has it.
 */
export function classesOf(
  labels: { readonly training: Uint16Array; readonly others: readonly Uint16Array[] },
  given: readonly string[] | null,
  path: string,
): string[] {
  const counts = new Map<number, number>();
  for (const label of labels.training) counts.set(label, (counts.get(label) ?? 0) + 1);
  const count = given?.length ?? Math.max(...counts.keys()) + 1;
  for (const label of [...counts.keys(), ...labels.others.flatMap((some) => [...new Set(some)])])
    if (label >= count)
      throw fail(
        path,
        given === null
          ? `has test or validation images of class ${label}, but no training image of a class above ${count - 1}`
          : `has the label ${label}, but there are names for ${count} classes only: 0 to ${count - 1}`,
      );
  const none = Array.from({ length: count }, (_, label) => label).find((label) => !counts.has(label));
  if (none !== undefined)
    throw fail(
      path,
      `has no training image of class ${none}, but others up to ${count - 1}: number the classes without gaps`,
    );
  if (count < 2) throw fail(path, 'has images of one class only; a network tells at least two apart');
  return given === null ? Array.from({ length: count }, (_, label) => String(label)) : [...given];
}
