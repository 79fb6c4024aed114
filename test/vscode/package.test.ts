import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';

async function installedFiles(): Promise<string[]> {
  const extensions = inject('extensionsFolder');
  const folder = (await readdir(extensions)).find((name) => name.startsWith('sfp-lab.sfp-lab-'));
  if (!folder) throw new Error('The extension is not installed.');
  const home = path.join(extensions, folder);
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(home, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}

describe('The packaged extension', () => {
  it('has what it runs, for this platform', async () => {
    const files = await installedFiles();
    const binding = `dist/node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`;
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'package.nls.json',
        'dist/extension.js',
        'dist/trainer.js',
        'dist/batchWorker.js',
        'dist/cli.js',
        'dist/config.schema.json',
        'dist/slurm.schema.json',
        'dist/webview/dashboard.js',
        'dist/webview/dashboard.css',
        'dist/webview/layers.js',
        'dist/webview/layers.css',
        'dist/webview/compare.js',
        'dist/webview/compare.css',
        'dist/webview/network.js',
        'dist/webview/network.css',
        'dist/node_modules/onnxruntime-node/dist/index.js',
        'dist/node_modules/onnxruntime-common/dist/cjs/index.js',
        binding,
        'dist/node_modules/sharp/package.json',
        `dist/node_modules/@img/sharp-${process.platform}-${process.arch}/package.json`,
        'media/icon.png',
        'media/activity.svg',
      ]),
    );
  });

  it('has nothing else: no source, no test, no library that is bundled already, no other platform', async () => {
    const files = await installedFiles();
    const allowed = [
      /^(package\.json|package\.nls\.json|readme\.md|changelog\.md|security\.md|LICENSE(\.txt|\.md)?|\.vsixmanifest)$/i,
      /^docs\/[\w-]+\.md$/,
      /^media\/[\w/-]+\.(svg|png)$/,
      /^dist\/[\w.-]+\.(js|json)$/,
      /^dist\/webview\/[\w-]+\.(js|css)$/,
      /^dist\/node_modules\/(sharp|detect-libc|semver|@img\/colour)\//,
      new RegExp(`^dist/node_modules/@img/sharp(-libvips)?-${process.platform}(musl)?-${process.arch}/`),
      /^dist\/node_modules\/onnxruntime-(node|common)\/(package\.json$|dist\/)/,
      new RegExp(`^dist/node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}/`),
    ];
    expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  it('names only commands, views and icons that are there', async () => {
    const root = path.resolve(import.meta.dirname, '../..');
    const manifest = await readFile(path.join(root, 'package.json'), 'utf8');
    const words = JSON.parse(await readFile(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
    const used = [...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    expect(used.filter((key) => key === undefined || !(key in words))).toEqual([]);
    expect(Object.keys(words).filter((key) => !used.includes(key))).toEqual([]);
    const media = [...manifest.matchAll(/"(media\/[^"]+)"/g)].map(([, file]) => file ?? '');
    const files = await installedFiles();
    expect(media.filter((file) => !files.includes(file))).toEqual([]);
  });
});
