import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...values: unknown[]) =>
      text.replaceAll(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)])),
  },
}));
const { estimateText } = await import('../../../../src/extension/runs/estimate');

let extensionPath: string;
beforeAll(async () => {
  extensionPath = await mkdtemp(join(tmpdir(), 'sfp-lab-estimate-'));
  await mkdir(join(extensionPath, 'dist'));
});
afterAll(() => rm(extensionPath, { recursive: true, force: true }));

/** What is said where `sfp` prints these lines; the last word of its arguments has to be the folder of runs. */
async function told(...lines: readonly string[]): Promise<string> {
  const script = `if (process.argv.at(-1) !== '/runs') process.exit(3);\n${lines.map((line) => `console.log(${JSON.stringify(line)});`).join('\n')}`;
  await writeFile(join(extensionPath, 'dist', 'cli.js'), script);
  const node = { path: process.execPath, version: process.versions.node, env: {} };
  const file = { fsPath: join(extensionPath, 'net.sfp.json') } as unknown as Parameters<typeof estimateText>[0];
  return estimateText(file, '/runs', node, { extensionPath });
}
const preview = (estimate: object, queue: object | null = null): string =>
  JSON.stringify({ type: 'preview', estimate, queue });

it('tells time and disk of the runs, beside whatever else is printed', async () => {
  const lines = ['{ "type": "hint" }', 'no JSON', preview({ seconds: 5400, unknown: 0, bytes: 2.5e9 })];
  expect(await told(...lines)).toBe(
    'Estimated time, one after another: 1\u00a0h 30\u00a0min. Estimated disk: 2.5\u00a0GB.',
  );
});

it('tells how long the queue takes, where several at once were measured', async () => {
  const line = preview({ seconds: 7200, unknown: 0, bytes: 0 }, { runsAtOnce: 2, gain: 1.6 });
  expect(await told(line)).toContain('In the queue, 2 at once: 1\u00a0h 15\u00a0min.');
});

it('tells of how many runs nothing is known', async () => {
  expect(await told(preview({ seconds: 3600, unknown: 2, bytes: 0 }))).toContain('Of 2 runs nothing was measured.');
  expect(await told(preview({ seconds: 0, unknown: 3, bytes: 0 }))).toMatch(
    /^How long is not known: .*\. Estimated disk: 0\u00a0MB\.$/,
  );
});

it('tells nothing where sfp cannot', async () => {
  expect(await told('{ "type": "preview" }')).toBe('');
});
