import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout },
});

export default defineConfig({
  test: {
    // The engines use all cores by themselves; two test files at once would only slow each other.
    fileParallelism: false,
    projects: [
      project('unit', 20_000),
      project('engines', 120_000),
      project('training', 300_000),
      project('webview', 120_000),
      project('vscode', 600_000),
    ],
  },
});
