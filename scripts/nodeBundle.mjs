// @ts-check
/** How esbuild makes programs for Node of the sources: those that are shipped, and those of tests and benches. */
export const nodeBundle = {
  bundle: true,
  platform: /** @type {const} */ ('node'),
  format: /** @type {const} */ ('cjs'),
  target: 'node20',
  // Its main file loads its parts in a way that esbuild can't follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // The native libraries of the engine and for pictures are loaded from node_modules. iconv-lite is an optional part of npm's downloader for texts in
  // other encodings, half a megabyte that nothing here needs.
  external: ['onnxruntime-node', 'sharp', 'iconv-lite'],
};
