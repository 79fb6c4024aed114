import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number, globalSetup: string[] = []) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout, globalSetup },
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
      project('vscode', 600_000, ['test/vscode/support/globalSetup.ts']),
    ],
  },
});
