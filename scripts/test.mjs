// @ts-check
/** `npm test`: installs what is missing and runs everything, from the linter to a real VS Code. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runNpmVisibly, runQuietly, runVisibly } from './childProcess.mjs';
import { build, checkNode, ensureDataset, ensureDependencies, ensureTensorflow, repository } from './prepare.mjs';
import { bold, green, heading, red, sayWhyItFailed, step, yellow } from './terminal.mjs';

const help = `npm test [-- options]

Installs what is missing (dependencies, Chromium, a browser VS Code, CIFAR-10, Slurm, TensorFlow), then checks and tests everything.

  --project NAME   only this part: unit, engines, training, webview, vscode (may be repeated)
  --no-check       leave out formatter, linter, types and import rule
  --help           this text`;

const projects = ['unit', 'engines', 'training', 'webview', 'vscode'];
const vitest = path.join(repository, 'node_modules', 'vitest', 'vitest.mjs');
const resultFile = path.join(repository, 'artefacts', 'test-results.json');

/** @typedef {{ project: string, reason: string }} LeftOut */

async function main() {
  checkNode();
  const { values } = parseArgs({
    options: {
      project: { type: 'string', multiple: true, default: projects },
      'no-check': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const unknown = values.project.find((name) => !projects.includes(name));
  if (unknown) throw new Error(`There is no test project "${unknown}"; there are ${projects.join(', ')}.`);
  await ensureDependencies();
  await build();
  const checked = values['no-check'] || (await check());
  const leftOut = await prepareProjects(values.project);
  const wanted = values.project.filter((name) => !leftOut.some(({ project }) => project === name));
  const ended = await runVitest(wanted);
  const results = await readResults();
  const skipped = await tellSkipped(results, leftOut);
  if (!checked) console.log(red('npm run check failed: see above.'));
  console.log(bold(`\n${results.passed} passed, ${results.failed} failed, ${skipped} skipped`));
  if (!checked || ended !== 0 || results.failed > 0) process.exitCode = 1;
}

async function check() {
  heading('Checking: format, linter, types, imports');
  return (await runNpmVisibly(['run', '--silent', 'check'], { cwd: repository })) === 0;
}

/**
 * Gets what the wanted projects need; a project whose need cannot be met is left out, with the reason. One that can do with less
 * is not, and skips some of its tests.
 * @param {readonly string[]} wanted
 * @returns {Promise<LeftOut[]>}
 */
async function prepareProjects(wanted) {
  heading('Preparing the tests');
  // Loaded late: these use packages, which may just have been installed.
  const { ensureChromium } = await import('./chromium.mjs');
  const { ensureBrowserCode } = await import('./browserCode.mjs');
  const { ensureSlurm } = await import('./slurm.mjs');
  /** @type {{ name: string, projects: string[], ensure: () => Promise<unknown>, optional?: boolean }[]} */
  const needs = [
    { name: 'Chromium', projects: ['webview', 'vscode'], ensure: ensureChromium },
    { name: 'Browser VS Code', projects: ['vscode'], ensure: ensureBrowserCode },
    { name: 'CIFAR-10', projects: ['training', 'vscode'], ensure: () => ensureDataset('cifar10') },
    { name: 'Slurm', projects: ['training'], ensure: ensureSlurm, optional: true },
    { name: 'TensorFlow', projects: ['engines'], ensure: ensureTensorflow, optional: true },
  ];
  /** @type {Map<string, string>} */
  const reasons = new Map();
  for (const need of needs) {
    const concerned = need.projects.filter((project) => wanted.includes(project));
    if (concerned.length === 0) continue;
    try {
      await need.ensure();
      step(`${green('✓')} ${need.name}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      step(`${yellow('✗')} ${need.name}: ${reason}`);
      if (need.optional) continue;
      for (const project of concerned) if (!reasons.has(project)) reasons.set(project, reason);
    }
  }
  return [...reasons].map(([project, reason]) => ({ project, reason }));
}

/** @param {readonly string[]} wanted @returns {Promise<number>} Exit code. */
async function runVitest(wanted) {
  heading('Testing');
  await rm(resultFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`];
  const selection = wanted.flatMap((name) => ['--project', name]);
  return runVisibly(process.execPath, [vitest, 'run', '--passWithNoTests', ...selection, ...reporters], {
    cwd: repository,
  });
}

/**
 * @returns {Promise<{ passed: number, failed: number, skipped: string[] }>} A crash without results is one failure.
 */
async function readResults() {
  /** @type {string} */
  let text;
  try {
    text = await readFile(resultFile, 'utf8');
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
  const { testResults } = JSON.parse(text);
  const results = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]) };
  for (const file of testResults) {
    // A file that breaks before its first test has no tests to count.
    if (file.status === 'failed' && file.assertionResults.length === 0) results.failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') results.passed += 1;
      else if (test.status === 'failed') results.failed += 1;
      else results.skipped.push(`${path.relative(repository, file.name)}: ${test.fullName}`);
    }
  }
  return results;
}

/**
 * Says what was skipped and why.
 * @param {{ skipped: string[] }} results @param {readonly LeftOut[]} leftOut
 * @returns {Promise<number>} Number of tests.
 */
async function tellSkipped(results, leftOut) {
  let count = results.skipped.length;
  if (count + leftOut.length > 0) heading('Skipped');
  for (const name of results.skipped) step(`${yellow('-')} ${name}`);
  for (const { project, reason } of leftOut) {
    const tests = await countTests(project);
    step(`${yellow('-')} all ${tests} tests of ${project}: ${reason}`);
    count += tests;
  }
  return count;
}

/** @param {string} project */
async function countTests(project) {
  const output = await runQuietly(process.execPath, [vitest, 'list', '--project', project], { cwd: repository });
  return output.split('\n').filter((line) => line.includes(' > ')).length;
}

try {
  await main();
} catch (error) {
  sayWhyItFailed(error);
}
