import { Command } from 'commander';
import Table from 'cli-table3';
import { cpus } from 'node:os';
import { architectures } from '../src/config/schema';
import { enginesFolder } from '../src/data/cacheFolder';
import { ensureDataset, openDataset } from '../src/data/datasets';
import type { Engine } from '../src/engines/engine';
import { onnxruntimeEngine } from '../src/engines/onnxruntime';
import { physicalCores } from '../src/engines/physicalCores';
import { tensorflowEngine } from '../src/engines/tensorflow';
import { findInstallations } from '../src/engines/tensorflow/installation';
import { engineSubjects, type Workload } from './engineSubjects';
import { pytorchSubject } from './pytorchSubject';
import { median, type Subject } from './subject';

interface Options {
  readonly arch: string;
  readonly batch: string;
  readonly repeats: string;
  readonly seconds: string;
  readonly torch: readonly string[];
}

/**
 * Measures everything in one run: in each repeat every subject works for some seconds, one after another, so that a busy
 * moment of the machine hits all of them alike. The table has the medians over the repeats and the ratios of these.
 */
async function main(): Promise<void> {
  const options = new Command('npm run bench --')
    .description('Images a second of train step and evaluation; medians of interleaved repeats in one run.')
    .option('--arch <name>', `one of ${architectures.join(', ')}`, 'resnet20')
    .option('--batch <size>', 'images in a step', '128')
    .option('--repeats <count>', 'rounds over all subjects', '5')
    .option('--seconds <seconds>', 'time of one subject in a round', '3')
    .option('--torch <python>', 'a Python with PyTorch to compare with (repeatable)', collected, [])
    .parse()
    .opts<Options>();
  const arch = architectures.find((name) => name === options.arch);
  if (arch === undefined)
    throw new Error(`--arch is "${options.arch}"; it must be one of ${architectures.join(', ')}.`);
  const workload = { arch, batchSize: Number(options.batch) };
  const subjects = await allSubjects(workload, options.torch);
  const rates = await measure(subjects, Number(options.repeats), Number(options.seconds));
  for (const subject of subjects) await subject.dispose();
  console.log(
    `${arch}, batch ${workload.batchSize}, ${cpus()[0]?.model.trim() ?? process.arch}, Node ${process.version}`,
  );
  console.log(tableOf(subjects, rates));
}

function collected(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

async function allSubjects(workload: Workload, pythons: readonly string[]): Promise<Subject[]> {
  await ensureDataset('cifar10');
  const dataset = await openDataset('cifar10');
  const threads = await physicalCores();
  const engines = await cpuEngines(threads);
  const peers = pythons.flatMap((python) => [
    pytorchSubject(python, 'channels_last', workload, threads),
    pytorchSubject(python, 'nchw', workload, threads),
  ]);
  const subjects: Subject[] = [];
  for (const engine of engines) subjects.push(...(await engineSubjects(engine, dataset, workload)));
  return [...subjects, ...peers];
}

/** onnxruntime, and TensorFlow where it is set up. */
async function cpuEngines(threads: number): Promise<Engine[]> {
  const { installations } = await findInstallations(enginesFolder());
  const installation = installations.find(({ gpu }) => !gpu);
  const tensorflow = installation ? [await tensorflowEngine({ installation, threads })] : [];
  return [await onnxruntimeEngine({ threads }), ...tensorflow];
}

async function measure(subjects: readonly Subject[], repeats: number, seconds: number): Promise<number[][]> {
  for (const subject of subjects) await subject.prepare();
  const rates = subjects.map((): number[] => []);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [index, subject] of subjects.entries()) rates[index]?.push(await subject.imagesPerSecond(seconds));
  }
  return rates;
}

function tableOf(subjects: readonly Subject[], rates: readonly number[][]): string {
  const medians = rates.map(median);
  const peers = subjects.flatMap((subject, index) => (subject.name.startsWith('PyTorch') ? [index] : []));
  const table = new Table({
    head: [
      '',
      'images/s',
      'lowest',
      'highest',
      ...['the first', ...peers.map((_, peer) => `(${peer + 1})`)].map((name) => `x ${name}`),
    ],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const [index, subject] of subjects.entries()) {
    const rate = medians[index] ?? Number.NaN;
    const all = rates[index] ?? [];
    const marker = peers.includes(index) ? `(${peers.indexOf(index) + 1}) ` : '';
    table.push([
      marker + subject.name,
      rate.toFixed(0),
      Math.min(...all).toFixed(0),
      Math.max(...all).toFixed(0),
      ...[0, ...peers].map((other) => (rate / (medians[other] ?? Number.NaN)).toFixed(2)),
    ]);
  }
  return table.toString();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
