import { isNumber, plainJsonSchema, sweepableSettings, type SchemaNode, type Setting } from './settings';

/**
 * The JSON schema (draft 7) of `*.sfp.json`, as VS Code takes it for hover texts, completion and validation:
 * the schema the config is validated with, the settings a sweep can try, and VS Code's own extensions.
 */
export function configJsonSchema(): object {
  const schema = plainJsonSchema();
  const { sweep } = schema.properties as Record<'sweep', SchemaNode>;
  const settings = sweepableSettings();
  const [, range] = (sweep.additionalProperties as SchemaNode).anyOf!;
  const values = settings.map((setting) => [setting.path, valuesOf(setting, range!)]);
  sweep.properties = { ...sweep.properties, ...(Object.fromEntries(values) as Record<string, SchemaNode>) };
  for (const word of ['points', 'exclude'])
    (sweep.properties[word] as SchemaNode).items = {
      type: 'object',
      properties: Object.fromEntries(settings.map(({ path, schema: setting }) => [path, valueOf(setting)])),
      additionalProperties: false,
    };
  sweep.additionalProperties = false;
  return { ...withMarkdown(schema), title: 'SFP Lab config', allowTrailingCommas: true };
}

/** What a sweep may try of a setting: a list of values, or a range where they are numbers. */
function valuesOf(setting: Setting, range: SchemaNode): SchemaNode {
  const { description, ...items } = valueOf(setting.schema);
  const list: SchemaNode = { type: 'array', minItems: 1, items };
  const described = description === undefined ? {} : { description };
  return isNumber(setting) ? { ...described, anyOf: [list, rangeOf(items, range)] } : { ...described, ...list };
}

/** A range whose ends are values of the setting. */
function rangeOf(end: SchemaNode, range: SchemaNode): SchemaNode {
  const { from, to, ...others } = range.properties as Record<string, SchemaNode>;
  return { ...range, properties: { from: { ...from, ...end }, to: { ...to, ...end }, ...others } };
}

/** What a setting is if left out belongs to the setting, not to each value. */
function valueOf(setting: SchemaNode): SchemaNode {
  const value = { ...setting };
  delete value.default;
  return value;
}

/** VS Code shows the code marks in descriptions as code only when they are given as Markdown. */
function withMarkdown(value: SchemaNode): SchemaNode {
  return mapObjects(value, (node) =>
    typeof node.description === 'string' ? { ...node, markdownDescription: node.description } : node,
  ) as SchemaNode;
}

function mapObjects(
  value: unknown,
  change: (node: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapObjects(item, change)])));
}
