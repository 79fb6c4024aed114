import { defineConfig } from 'vitest/config';

const project = (
  name: string,
  timeout: number,
  others: { include?: string[]; globalSetup?: string[]; retry?: number } = {},
) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout, ...others },
});

export default defineConfig({
  test: {
    // The engines use all cores by themselves; two test files at once would only slow each other.
    fileParallelism: false,
    projects: [
      // Tests named after sources, what the program promises across them, and the fuzzer's own.
      project('unit', 20_000, { include: ['unit', 'promises', 'fuzz'].map((folder) => `test/${folder}/**/*.test.ts`) }),
      project('engines', 120_000),
      project('training', 300_000),
      project('webview', 120_000),
      // A real VS Code in a real browser now and then loses a click or a code lens on a busy machine; what is broken fails twice.
      project('vscode', 600_000, { globalSetup: ['test/vscode/support/globalSetup.ts'], retry: 1 }),
    ],
  },
});
