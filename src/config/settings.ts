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
  const node = schemaAt(path);
  return node ? optionsOf(node).flatMap(({ properties }) => Object.keys(properties ?? {})) : [];
}

/** A setting with a single value, such as `pruning.rate`. */
export interface Setting {
  /** Dotted. */
  readonly path: string;
  readonly schema: SchemaNode;
}

/** The settings that a sweep can try values of. */
export function sweepableSettings(): readonly Setting[] {
  return leavesOf([], root()).filter(({ path }) => path.includes('.') && !path.startsWith('sweep.'));
}

/** Whether a setting takes numbers of a span, so that values between two others make sense. */
export function isNumber({ schema }: Setting): boolean {
  return kindsOf(schema).some((kind) => kind === 'number' || kind === 'integer');
}

/** Whether the numbers that the setting at a dotted path takes are whole ones. */
export function isWholeNumber(path: string): boolean {
  const node = schemaAt(path.split('.'));
  const kinds = node ? kindsOf(node) : [];
  return kinds.includes('integer') && !kinds.includes('number');
}

/** The types of a value, of those that are not a choice of a few. */
function kindsOf(node: SchemaNode): string[] {
  return optionsOf(node)
    .filter((option) => option.enum === undefined && option.const === undefined)
    .flatMap(({ type }) => [type ?? []].flat());
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
  if (node.anyOf)
    return optionsOf(node)
      .map((option) => childOf(option, key))
      .find((child) => child);
  if (typeof key === 'number') return asNode(Array.isArray(node.items) ? undefined : node.items);
  if (node.properties && Object.hasOwn(node.properties, key)) return asNode(node.properties[key]);
  return asNode(node.additionalProperties);
}

/** What a value may be one of: the node itself where there is no choice. */
function optionsOf(node: SchemaNode): SchemaNode[] {
  return node.anyOf ?? [node];
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
