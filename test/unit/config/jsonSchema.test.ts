import { describe, expect, test } from 'vitest';
import { criteria } from '../../../src/config/choices';
import { configJsonSchema } from '../../../src/config/jsonSchema';
import { sweepableSettings } from '../../../src/config/settings';

describe('the JSON schema for VS Code', () => {
  const schema = configJsonSchema() as Schema;

  interface Schema {
    readonly [key: string]: unknown;
    readonly properties?: Readonly<Record<string, Schema>>;
  }

  test('is draft 7 and allows trailing commas', () => {
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(schema.allowTrailingCommas).toBe(true);
  });

  test('describes every setting, for its hover text', () => {
    const undescribed = (path: string, node: Schema): string[] => [
      ...(node.markdownDescription === undefined && path !== '' ? [path] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => undescribed(`${path}/${key}`, child)),
    ];
    expect(undescribed('', schema)).toEqual([]);
  });

  test('knows defaults and allowed values', () => {
    expect(schema.properties?.pruning?.properties?.criterion).toMatchObject({ default: 'l2', enum: [...criteria] });
    expect(schema.properties?.pruning?.properties?.rate).toMatchObject({
      default: 0.3,
      minimum: 0,
      exclusiveMaximum: 1,
    });
  });

  test('completes the settings that a sweep can try, with their values', () => {
    const sweep = schema.properties!.sweep!;
    const words = ['repeats', 'points', 'exclude'];
    expect(Object.keys(sweep.properties!)).toEqual([...words, ...sweepableSettings().map(({ path }) => path)]);
    expect(sweep.properties?.['pruning.criterion']).toMatchObject({
      type: 'array',
      minItems: 1,
      items: { enum: [...criteria] },
    });
    expect(sweep.additionalProperties).toBe(false);
  });

  test('offers a range for numbers, and settings with one value in points and exclusions', () => {
    const { properties } = schema.properties!.sweep!;
    expect(properties?.['pruning.rate']?.anyOf).toMatchObject([
      { type: 'array', items: { exclusiveMaximum: 1 } },
      {
        type: 'object',
        properties: { from: { exclusiveMaximum: 1 }, count: { minimum: 2 } },
        required: ['from', 'to', 'count'],
      },
    ]);
    expect(properties?.['data.channels']).toMatchObject({ type: 'array' });
    for (const word of ['points', 'exclude'])
      expect(properties?.[word]?.items).toMatchObject({
        properties: { 'pruning.criterion': { enum: [...criteria] } },
        additionalProperties: false,
      });
  });
});
