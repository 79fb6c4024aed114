import { plainJsonSchema, sweepableSettings, type SchemaNode } from './settings';

/**
 * The JSON schema (draft 7) of `*.sfp.json`, as VS Code takes it for hover texts, completion and validation:
 * the schema the config is validated with, the settings a sweep can try, and VS Code's own extensions.
 */
export function configJsonSchema(): object {
  const schema = plainJsonSchema();
  const sweep = schema.properties?.sweep as SchemaNode;
  delete sweep.propertyNames;
  sweep.properties = Object.fromEntries(sweepableSettings().map((setting) => [setting.path, listOf(setting.schema)]));
  sweep.additionalProperties = false;
  return { ...withMarkdown(schema), title: 'SFP Lab config', allowTrailingCommas: true };
}

/** A list of values of a setting. What it is if left out belongs to the setting, not to each value. */
function listOf({ description, ...setting }: SchemaNode): SchemaNode {
  const items = { ...setting };
  delete items.default;
  return { type: 'array', minItems: 1, items, ...(description !== undefined && { description }) };
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
