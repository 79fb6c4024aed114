import * as z from 'zod';
import { configSchema } from './schema';

/** A node of the config's JSON schema (draft 7). */
export type SchemaNode = z.core.JSONSchema.BaseSchema;

export type SettingPath = readonly (string | number)[];

/** The config schema as JSON schema: what a user may write, so that settings with a default are optional. */
export function plainJsonSchema(): SchemaNode {
  return z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
}

let known: SchemaNode | undefined;

/** Made when it is asked for: an editor that starts does not wait for it. */
function root(): SchemaNode {
  known ??= plainJsonSchema();
  return known;
}

/** The schema of the setting at a path; undefined when there is no such setting. */
export function schemaAt(path: SettingPath): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((node, key) => node && childOf(node, key), root());
}

/** The keys that an object at a path may have; empty when it may have any. */
export function keysAt(path: SettingPath): string[] {
  return Object.keys(schemaAt(path)?.properties ?? {});
}

/** A setting with a single value, such as `pruning.rate`. */
export interface Setting {
  /** Dotted. */
  readonly path: string;
  readonly schema: SchemaNode;
}

/** The settings that a sweep can try values of. */
export function sweepableSettings(): readonly Setting[] {
  return leavesOf([], root()).filter(({ path }) => path.includes('.'));
}

/** `training.learningRateSchedule[1].epoch`, `pruning.layers["stage3.*"].rate`. */
export function pathInWords(path: SettingPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[$\w]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function childOf(node: SchemaNode, key: string | number): SchemaNode | undefined {
  if (typeof key === 'number') return asNode(Array.isArray(node.items) ? undefined : node.items);
  if (node.properties && Object.hasOwn(node.properties, key)) return asNode(node.properties[key]);
  return asNode(node.additionalProperties);
}

function asNode(schema: SchemaNode | boolean | undefined): SchemaNode | undefined {
  return typeof schema === 'object' ? schema : undefined;
}

function leavesOf(path: readonly string[], node: SchemaNode): Setting[] {
  if (node.type === 'array' || (node.type === 'object' && !node.properties)) return [];
  if (node.type !== 'object') return [{ path: path.join('.'), schema: node }];
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    typeof child === 'object' ? leavesOf([...path, key], child) : [],
  );
}
