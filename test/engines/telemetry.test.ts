import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { runIsolated } from '../../src/engines/onnxruntime/isolatedRun';
import { sampleGraph, sampleOptions, sampleResult } from '../../src/engines/onnxruntime/sampleNetwork';
import { temporaryFolder } from '../fixtures/temporaryFolder';

/** Where onnxruntime's telemetry would leave its files. */
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  for (const name of ['TMPDIR', 'HOME', 'XDG_CACHE_HOME']) vi.stubEnv(name, folder);
  // On a server for builds onnxruntime reports nothing by itself.
  for (const name of ['CI', 'ORT_DISABLE_TELEMETRY']) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe.skipIf(process.platform === 'win32')("onnxruntime's telemetry leaves no file", () => {
  it('of a check in a process of its own', async () => {
    const result = await runIsolated({ model: new Uint8Array([1, 2, 3]), options: {}, feeds: {} });
    expect(result).toMatchObject({ failure: expect.stringMatching(/protobuf/i) as string });
    expect(await readdir(folder)).toEqual([]);
  });

  it('of training', async () => {
    const engine = await onnxruntimeEngine({ threads: 1, convolutions: 'plain' });
    await sampleResult(await engine.compile(sampleGraph, sampleOptions));
    expect(await readdir(folder)).toEqual([]);
  });
});
