import { defineConfig } from 'vitest/config';

interface ProjectOptions {
  readonly include?: string[];
  readonly globalSetup?: string[];
  readonly retry?: number;
  /** Test files at once. */
  readonly workers?: number;
}

/** Projects run one after another, in the order in which they are made here. */
let groupOrder = 0;

function project(name: string, timeout: number, { workers = 1, ...others }: ProjectOptions = {}) {
  groupOrder += 1;
  const include = [`test/${name}/**/*.test.ts`];
  const order = { maxWorkers: workers, sequence: { groupOrder } };
  return { test: { name, include, testTimeout: timeout, hookTimeout: timeout, ...order, ...others } };
}

// The engines use all cores by themselves; two test files at once would only slow each other. Others wait for the disk, for
// processes that start, and for pages.
export default defineConfig({
  test: {
    projects: [
      project('engines', 120_000),
      project('training', 300_000),
      // Tests named after sources, what the program promises across them, and the fuzzer's own.
      project('unit', 60_000, {
        include: ['unit', 'promises', 'fuzz'].map((folder) => `test/${folder}/**/*.test.ts`),
        workers: 2,
      }),
      // A real browser, and a real VS Code in it, now and then lose a click on a busy machine; what is broken fails twice.
      project('webview', 120_000, { workers: 2, retry: 1 }),
      project('vscode', 600_000, { globalSetup: ['test/vscode/support/globalSetup.ts'], retry: 1 }),
    ],
  },
});
