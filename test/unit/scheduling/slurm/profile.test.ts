import { expect, it } from 'vitest';
import { profileJsonSchema, profileSchema } from '../../../../src/scheduling/slurm/profile';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}

it('VS Code completes every setting of a profile, each with what it means and none of them needed', () => {
  const schema = profileJsonSchema() as Node;
  expect(Object.keys(schema.properties!)).toEqual(Object.keys(profileSchema.shape));
  for (const [name, { description }] of Object.entries(schema.properties!))
    expect([name, description]).toEqual([name, expect.any(String)]);
  expect(schema.required).toBeUndefined();
  expect(schema.properties!.container!.required).toEqual(['image']);
});
