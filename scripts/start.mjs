// @ts-check
/** `npm start`: from a fresh clone to a trained, pruned and compared example in VS Code. */
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runVisibly } from './childProcess.mjs';
import { findDesktopCode, openDesktopCode } from './desktopCode.mjs';
import { build, checkNode, commandLine, ensureDataset, ensureDependencies, repository } from './prepare.mjs';
import { bold, heading, sayWhyItFailed, step } from './terminal.mjs';

const help = `npm start [-- options]

Installs what is missing, builds, fetches CIFAR-10, trains the example experiment (ResNet-20, filters ranked by L1 and by L2,
a short recipe of a few minutes), compares its runs and opens VS Code on the example folder.

  --no-open        end after the comparison
  --no-train       leave the training out and open what is there
  --config FILE    another experiment than the example
  --browser        the browser VS Code even where there is a desktop one
  --port NUMBER    port of the browser VS Code; a free one by default
  --help           this text`;

async function main() {
  checkNode();
  const { values } = parseArgs({
    options: {
      'no-open': { type: 'boolean', default: false },
      'no-train': { type: 'boolean', default: false },
      config: { type: 'string' },
      browser: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const config = values.config ? path.resolve(values.config) : await exampleConfig();
  await ensureDependencies();
  await build();
  if (!values['no-train']) await trainAndCompare(config);
  if (!values['no-open']) await openCode(path.dirname(config), values);
}

/** @returns {Promise<string>} The one config in the folder of examples that `npm start` runs. */
async function exampleConfig() {
  const folder = path.join(repository, 'examples');
  const [first] = (await readdir(folder)).filter((name) => name.endsWith('.sfp.json')).sort();
  if (!first) throw new Error(`There is no example config in ${folder}: the clone is not complete.`);
  return path.join(folder, first);
}

/** @param {string} config */
async function trainAndCompare(config) {
  await ensureDataset('cifar10');
  heading(`Training ${path.relative(process.cwd(), config)}`);
  const runs = path.join(path.dirname(config), '.sfp', 'runs');
  await mkdir(runs, { recursive: true });
  const before = new Set(await readdir(runs));
  const code = await runVisibly(process.execPath, [commandLine, 'train', config, '--again']);
  if (code === 130) process.exit(130);
  if (code !== 0) throw new Error('The training failed: see above why.');
  const made = (await readdir(runs)).filter((name) => !before.has(name)).map((name) => path.join(runs, name));
  heading('Comparison');
  if ((await runVisibly(process.execPath, [commandLine, 'compare', ...made])) !== 0)
    throw new Error('The runs could not be compared: see above why.');
  heading('Compact networks, for every program that reads ONNX');
  for (const run of made) step(path.relative(process.cwd(), path.join(run, 'compact', 'network.onnx')));
}

/** @param {string} folder @param {{ browser?: boolean, port?: string }} options */
async function openCode(folder, { browser, port }) {
  const desktop = findDesktopCode();
  if (desktop.path && !browser) {
    heading(`Opening ${folder} in VS Code`);
    if ((await openDesktopCode(desktop.path, { folder, extension: repository })) === 0) return;
  }
  heading('Opening VS Code in the browser');
  if (desktop.path === null) step(`The desktop VS Code is not used: ${desktop.reason}.`);
  await openBrowserCode(folder, Number(port));
}

/** @param {string} folder @param {number} port */
async function openBrowserCode(folder, port) {
  const { ensureBrowserCode, startBrowserCode, writeSettings } = await import('./browserCode.mjs');
  const { cacheFolder } = await import('./cacheFolder.mjs');
  await ensureBrowserCode();
  const home = path.join(await cacheFolder(), 'browser-vscode', 'start');
  const extensionsFolder = path.join(home, 'extensions');
  await linkExtension(extensionsFolder);
  const dataFolder = path.join(home, 'data');
  // The example is what is to be seen, not a tour of VS Code and not the repository around it.
  await writeSettings(dataFolder, {
    'workbench.startupEditor': 'readme',
    'git.openRepositoryInParentFolders': 'never',
  });
  const code = await startBrowserCode({ folder, dataFolder, extensionsFolder, port });
  console.log(`\n  ${bold(code.url)}\n`);
  step(
    'Open this address in a browser; the token in it lets only you in. Ctrl-C ends VS Code, not a running training.',
  );
  process.once('SIGINT', () => void code.stop());
  process.once('SIGTERM', () => void code.stop());
  await code.ended;
}

/** The working copy itself becomes the extension, so a rebuild shows after a reload of the window. @param {string} extensionsFolder */
async function linkExtension(extensionsFolder) {
  await rm(extensionsFolder, { recursive: true, force: true });
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(repository, path.join(extensionsFolder, 'sfp-lab.sfp-lab'), 'dir');
}

try {
  await main();
} catch (error) {
  sayWhyItFailed(error);
}
