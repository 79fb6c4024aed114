import { Command } from 'commander';
import Table from 'cli-table3';
import { cpus } from 'node:os';
import { architectures } from '../src/config/schema';
import { enginesFolder } from '../src/base/cacheFolder';
import { ensureDataset, openDataset } from '../src/data/sets/datasets';
import type { FileDataset } from '../src/data/dataset';
import type { Engine } from '../src/engines/engine';
import { onnxruntimeEngine } from '../src/engines/onnxruntime';
import { physicalCores } from '../src/engines/physicalCores';
import { tensorflowEngine } from '../src/engines/tensorflow';
import { findInstallations } from '../src/engines/tensorflow/installation';
import { engineSubjects, type Workload } from './engineSubjects';
import { besideLoadBench } from './besideLoad';
import { compactBench } from './compact';
import { heldSteps } from './heldSteps';
import { importedArch, networkOfBench } from './networkOfBench';
import { stepSubjects } from './stepSubjects';
import { manyRunsBench } from './manyRuns';
import { picturesBench } from './pictures';
import { pytorchSubject, type PytorchWorkload } from './pytorchSubject';
import { runsAtOnceBench } from './runsAtOnce';
import { median, type Subject } from './subject';
import { pruningSeconds, wholeEpochOverhead, wholeEpochSubject } from './wholeEpoch';

interface Options {
  readonly arch: string;
  readonly batch: string;
  readonly repeats: string;
  readonly seconds: string;
  readonly torch: readonly string[];
  readonly epochs: boolean;
  readonly compact: boolean;
  readonly held: boolean;
  readonly besideLoad: boolean;
  readonly runsAtOnce: boolean;
  readonly runs?: string;
  readonly pictures?: string;
  readonly size?: string;
}

async function main(): Promise<void> {
  const options = new Command('npm run bench --')
    .description('Images a second of train step and evaluation; medians of interleaved repeats in one run.')
    .option(
      '--arch <name>',
      `one of ${architectures.join(', ')}; or ${importedArch}, which --torch exports`,
      'resnet20',
    )
    .option('--batch <size>', 'images in a step', '128')
    .option('--repeats <count>', 'rounds over all subjects', '5')
    .option('--seconds <seconds>', 'time of one subject in a round', '3')
    .option('--torch <python>', 'a Python with PyTorch to compare with (repeatable)', collected, [])
    .option('--compact', 'instead what pruned networks save on paper and by the clock', false)
    .option('--held', 'instead train steps with masks held, and of the compact network', false)
    .option('--beside-load', 'instead train steps alone and beside a busy core', false)
    .option('--runs-at-once', 'instead what several runs at once make together, as the queue measures it', false)
    .option('--runs <count>', 'instead what a folder of so many runs costs: list, compare, the extension host')
    .option('--pictures <count>', 'instead what a folder of so many JPEGs costs beside the train step')
    .option('--size <pixels>', 'pixels of a side: images are then made up (of a folder: 224 if left out)')
    .option('--epochs', 'also whole epochs of a fifth of CIFAR-10, and a pruning', false)
    .parse()
    .opts<Options>();
  if (options.runs !== undefined) await manyRunsBench(Number(options.runs), Number(options.repeats));
  else if (options.pictures !== undefined) await folderBench(options, Number(options.pictures));
  else if (options.size !== undefined || options.arch === importedArch)
    await stepBench(options, Number(options.size ?? 32));
  else await networkBench(options);
}

async function folderBench(options: Options, count: number): Promise<void> {
  const turns = { repeats: Number(options.repeats), seconds: Number(options.seconds) };
  const workload = { arch: archOf(options), batchSize: Number(options.batch) };
  const wish = { count, size: Number(options.size ?? 224), threads: await physicalCores() };
  console.log(`${workload.arch}, batch ${workload.batchSize}, ${wish.size} x ${wish.size}`);
  console.log(await picturesBench({ ...workload, ...wish, ...turns }));
}

function archOf(options: Options): Workload['arch'] {
  const arch = architectures.find((name) => name === options.arch);
  if (arch !== undefined) return arch;
  throw new Error(`--arch is "${options.arch}"; it must be one of ${architectures.join(', ')}.`);
}

/** Steps and evaluations alone, of networks and sizes of images that CIFAR-10 does not go with. */
async function stepBench({ arch, batch, torch, repeats, seconds }: Options, size: number): Promise<void> {
  const batchSize = Number(batch);
  const threads = await physicalCores();
  const graph = await networkOfBench(arch, size, torch);
  const subjects = (await cpuEngines(threads)).flatMap((engine) => stepSubjects(engine, graph, batchSize));
  subjects.push(...peersOf(torch, { arch, batchSize, size, threads }));
  console.log(`${arch}, ${size} x ${size}, batch ${batchSize}, ${machineText()}`);
  const rates = await measure(subjects, { repeats: Number(repeats), seconds: Number(seconds) });
  for (const subject of subjects) await subject.dispose();
  console.log(tableOf(subjects, rates));
}

function machineText(): string {
  return `${cpus()[0]?.model.trim() ?? process.arch}, Node ${process.version}`;
}

/**
 * Measures everything in one run: in each repeat every subject works for some seconds, one after another, so that a busy
 * moment of the machine hits all of them alike. The table has the medians over the repeats and the ratios of these.
 */
async function networkBench(options: Options): Promise<void> {
  const arch = archOf(options);
  if (options.compact) {
    await compactBench(arch);
    return;
  }
  const workload = { arch, batchSize: Number(options.batch) };
  if (options.runsAtOnce) {
    console.log(`${arch}, batch ${workload.batchSize}, ${machineText()}`);
    const cores = await physicalCores();
    console.log(await runsAtOnceBench({ ...workload, cores, repeats: Number(options.repeats) }));
    return;
  }
  await ensureDataset('cifar10');
  const dataset = await openDataset('cifar10');
  const threads = await physicalCores();
  const engines = await cpuEngines(threads);
  const subjects: Subject[] = [];
  for (const engine of engines) {
    subjects.push(...(options.held ? heldSteps(engine, workload) : await engineSubjects(engine, dataset, workload)));
    if (options.epochs) subjects.push(wholeEpochSubject(engine, workload));
  }
  subjects.push(...peersOf(options.torch, { ...workload, size: 32, threads }));
  const turns = { repeats: Number(options.repeats), seconds: Number(options.seconds) };
  console.log(`${arch}, batch ${workload.batchSize}, ${machineText()}`);
  if (options.besideLoad) {
    const steps = subjects.filter(({ isStep }) => isStep);
    console.log(await besideLoadBench(steps, { cores: threads, ...turns }));
    for (const subject of subjects) await subject.dispose();
    return;
  }
  const rates = await measure(subjects, turns);
  for (const subject of subjects) await subject.dispose();
  console.log(tableOf(subjects, rates));
  if (options.epochs)
    for (const engine of engines) console.log(await epochText(engine, dataset, workload, subjects, rates));
}

function collected(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

function peersOf(pythons: readonly string[], workload: PytorchWorkload): Subject[] {
  return pythons.flatMap((python) => [
    pytorchSubject(python, 'channels_last', workload),
    pytorchSubject(python, 'nchw', workload),
  ]);
}

/** What a whole epoch costs beyond its steps and evaluations, and which share of an epoch of CIFAR-10 its pruning is. */
async function epochText(
  engine: Engine,
  dataset: FileDataset,
  workload: Workload,
  subjects: readonly Subject[],
  rates: readonly number[][],
): Promise<string> {
  const { name } = engine.description;
  const own = subjects.flatMap((subject, index) =>
    subject.name.startsWith(`${name}:`) ? [median(rates[index] ?? [])] : [],
  );
  const [step, , evaluation, wholeEpoch] = own as [number, number, number, number];
  const overhead = wholeEpochOverhead(workload, { step, evaluation, wholeEpoch });
  const pruning = await pruningSeconds(engine, dataset, workload);
  const share = pruning / (recipeImages / wholeEpoch);
  return (
    `${name}: a whole epoch takes ${overhead.toFixed(3)} times its bare steps and evaluations; ` +
    `a pruning ${(1000 * pruning).toFixed(1)} ms, ${(100 * share).toFixed(3)} % of an epoch of ${recipeImages} images.`
  );
}

/** Training images of CIFAR-10 without the validation part. */
const recipeImages = 45_000;

/** onnxruntime, and TensorFlow where it is set up. */
async function cpuEngines(threads: number): Promise<Engine[]> {
  const { installations } = await findInstallations(enginesFolder());
  const installation = installations.find(({ gpu }) => !gpu);
  const tensorflow = installation ? [await tensorflowEngine({ installation, threads })] : [];
  return [await onnxruntimeEngine({ threads }), ...tensorflow];
}

interface Repetition {
  readonly repeats: number;
  /** Of one subject in a repeat. */
  readonly seconds: number;
}

async function measure(subjects: readonly Subject[], { repeats, seconds }: Repetition): Promise<number[][]> {
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
