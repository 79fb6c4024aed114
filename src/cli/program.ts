import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { baselineKinds } from '../config/baselines';
import { architectures, criteria, datasets } from '../config/choices';
import type { BaselineOptions } from './commands/baseline';
import type { CheckOptions } from './commands/check';
import type { CompactOptions } from './commands/compact';
import type { CompareOptions } from './commands/compare';
import { timeForms, timePattern } from '../scheduling/slurm/timeText';
import type { EnginesOptions } from './commands/engines';
import { exportFormats } from '../export/formats';
import type { FlopsOptions } from './commands/flops';
import type { ExportOptions } from './commands/export';
import type { ImportOptions } from './commands/import';
import type { MaskOptions } from './commands/mask';
import type { ReportOptions } from './commands/report';
import type { SensitivityOptions } from './commands/sensitivity';
import type { TensorBoardOptions } from './commands/tensorboard';
import type { JobsOptions } from './commands/jobs';
import type { SubmitOptions } from './commands/submit';
import type { TrainOptions } from './commands/train';
import { exitCode, explain } from './problems';
import { addQueue } from './queueCommands';
import { examples, jsonOption, runArgument, runsOrExperimentsArgument, runsOption, wholeNumber } from './programParts';
import { colours, endQuietlyOnClosedPipe, terminalText } from './terminal';
import { version } from './version';

/**
 * Runs `sfp` with these arguments and returns its exit code: 0 done, 1 failed, 2 wrong usage or config, 130 stopped.
 * Each command's code is loaded only when it is called, so that `sfp flops` does not wait for an engine to load.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  endQuietlyOnClosedPipe();
  const program = commands((code) => {
    result = code;
  });
  let result: number = exitCode.done;
  try {
    await program.parseAsync(args, { from: 'user' });
    return result;
  } catch (error) {
    return explain(error, program.opts<{ verbose?: boolean }>().verbose ?? args.includes('--verbose'));
  }
}

function commands(setExitCode: (code: number) => void): Command {
  const program = new Command('sfp')
    .description('Soft filter pruning: train and prune networks, watch and compare the runs.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .option('--verbose', 'with an error, tell where it came from')
    .configureOutput({ writeErr: (text) => process.stderr.write(terminalText(text, process.stderr)) })
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => colours().bold(title) })
    .showHelpAfterError('(--help explains the command)')
    .exitOverride();
  program.addHelpText(
    'after',
    `\n${examples(programExamples)}\nExit codes: 0 done, 1 failed, 2 wrong usage or config, 130 stopped.`,
  );
  addTrain(program, setExitCode);
  addResume(program, setExitCode);
  addBaseline(program, setExitCode);
  addSlurm(program, setExitCode);
  addRunCommands(program);
  addQueue(program);
  addCompare(program);
  addReport(program);
  addTensorBoard(program);
  addCompact(program, setExitCode);
  addCheck(program, setExitCode);
  addExport(program);
  addCounting(program);
  addMask(program);
  addImport(program, setExitCode);
  addSensitivity(program);
  addInstallation(program);
  addDoctor(program, setExitCode);
  return program;
}

const programExamples = [
  ['sfp train examples/resnet20-l1-l2.sfp.json', 'train all runs of a config'],
  ['sfp compare resnet20-l1 resnet20-l2', 'see what differs and what came of it'],
  ['sfp flops resnet56 --rate 0.4', 'what pruning 40 % of the filters saves'],
] as const;

function addTrain(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('train')
    .summary('train all runs of a config')
    .description(
      'Train all runs of a config in the queue of this machine, as many at once as pays: see `sfp queue`. Those that are there\n' +
        'and finished are not trained again, so that seeds or values can be added to a config later.\n' +
        'Ctrl-C stops them after the current step and saves a checkpoint; a second Ctrl-C kills.',
    )
    .argument('<config>', 'config file, *.sfp.json')
    .option('--preview', 'start nothing: show the runs, with estimates of time and disk')
    .option('--again', 'train also the runs that are there')
    .option('--detach', 'start the training and return at once')
    .addOption(
      runsOption('keep the runs in this folder (default: the nearest .sfp/runs above the config, else beside it)'),
    )
    .addOption(jsonOption('print every event as a line of JSON, with the id of its run'))
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp train net.sfp.json', 'with progress bars on a terminal, a line an epoch in a log'],
        ['sfp train net.sfp.json --preview', 'which runs that would be, and how long they would take'],
        ['sfp train net.sfp.json --detach', 'goes on when you log out; see `sfp list`, `sfp stop`'],
        ['sfp train net.sfp.json --json > events.jsonl', 'for scripts'],
      ])}\nbefore and after are validation accuracies around a pruning, back counts the filters that came back since the last.`,
    )
    .action(async (config: string, options: TrainOptions) => {
      const { train } = await import('./commands/train');
      setExitCode(await train(config, options));
    });
}

function addResume(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('resume')
    .summary('let stopped runs go on')
    .description(
      'Let runs that were stopped, failed or lost go on from their newest checkpoint, in the queue of this machine, as if they had ' +
        'never stopped: on the same machine with the same engine the result is the same to the last bit.',
    )
    .argument('<runs...>', runArgument)
    .option('--detach', 'start the training and return at once')
    .addOption(runsOption())
    .addOption(jsonOption('print every event from now on as a line of JSON, with the id of its run'))
    .addHelpText('after', `\n${examples([['sfp resume resnet20-l1', '']])}`)
    .action(async (runs: [string, ...string[]], options: { runs?: string; detach?: boolean; json?: boolean }) => {
      const { resume } = await import('./commands/resume');
      setExitCode(await resume(runs, options));
    });
}

function addBaseline(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('baseline')
    .summary('train what a run is judged against')
    .description(
      'Train baselines of a run beside it, with its own seed and recipe, in the queue of this machine:\n' +
        'dense prunes nothing; hard lets no pruned filter come back; narrow trains the shape of its compact network from random\n' +
        'weights. `sfp show RUN` and the dashboard show them beside the run. Those that are there are not trained again.',
    )
    .argument('<run>', runArgument)
    .addOption(
      new Option('--kind <kinds...>', 'which baselines').choices(baselineKinds).default(baselineKinds, 'all three'),
    )
    .option('--again', 'train also those that are there')
    .option('--detach', 'start the training and return at once')
    .addOption(runsOption())
    .addOption(jsonOption('print every event as a line of JSON, with the id of its run'))
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp baseline resnet20-l2', 'all three'],
        ['sfp baseline resnet20-l2 --kind dense hard', 'these two; narrow compacts the run first where it is not'],
      ])}`,
    )
    .action(async (run: string, options: BaselineOptions) => {
      const { baseline } = await import('./commands/baseline');
      setExitCode(await baseline(run, options));
    });
}

function addSlurm(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('submit')
    .summary('train all runs of a config on a cluster, by Slurm')
    .description(
      'Submit all runs of a config to Slurm as one job array, a task a run. What is there and finished is not trained again.\n' +
        'The batch script is shown before; on a terminal you are asked. A run whose time is over, or whose node others need,\n' +
        'writes a checkpoint, waits for its next turn, and goes on by itself. The runs must be on a file system that all nodes see.',
    )
    .argument('<config>', 'config file, *.sfp.json')
    .option(
      '--profile <profile>',
      'settings of the cluster: a file, or the name before .slurm.json of one beside the config or above it',
    )
    .addOption(new Option('--max-parallel <count>', 'so many runs at once').argParser(wholeNumber(1)))
    .addOption(
      new Option('--time <time>', 'of a turn, as in 90 (minutes), 4:00:00 or 2-12 (days-hours)').argParser(time),
    )
    .option('--gres <resources>', 'what a run needs, as in gpu:1')
    .option('--partition <name>', 'where to run')
    .option('--dry-run', 'submit nothing: show the batch script and the call of sbatch')
    .option('--yes', 'do not ask')
    .option('--resume', 'submit also runs of the config that were stopped or lost; they go on')
    .option('--again', 'submit also the runs that are there')
    .addOption(
      runsOption('keep the runs in this folder (default: the nearest .sfp/runs above the config, else beside it)'),
    )
    .addOption(jsonOption('print the plan and the job as lines of JSON'))
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp submit net.sfp.json --dry-run', 'see what would be submitted'],
        ['sfp submit net.sfp.json --profile gpu --max-parallel 8 --time 4:00:00', 'by the settings in gpu.slurm.json'],
      ])}`,
    )
    .action(async (config: string, options: SubmitOptions) => {
      setExitCode(await (await import('./commands/submit')).submitRuns(config, options));
    });
  program
    .command('jobs')
    .summary('show the runs that were submitted to Slurm')
    .description('Show the runs that were submitted to Slurm, with what it says of them.')
    .option('--log <run>', 'print instead what the task of this run has printed')
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText('after', `\n${examples([['sfp jobs', 'tasks that wait, run, or have ended a short while ago']])}`)
    .action(async (options: JobsOptions) => (await import('./commands/jobs')).jobs(options));
  program
    .command('slurm-task', { hidden: true })
    .description('Train the run of one task of a job array; batch scripts of `sfp submit` call it.')
    .argument('<submission>', 'folder of the submission')
    .action(async (submission: string) => {
      setExitCode(await (await import('./commands/slurmTask')).slurmTask(submission));
    });
}

function addRunCommands(program: Command): void {
  program
    .command('list')
    .summary('list the runs')
    .description('List the runs, the newest first.')
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText('after', `\n${examples([['sfp list', 'the runs of the project you are in']])}`)
    .action(async (options: { runs?: string; json?: boolean }) => (await import('./commands/list')).list(options));
  program
    .command('show')
    .summary('show one run')
    .description('Show a run: its settings, its epochs, its newest masks.')
    .argument('<run>', runArgument)
    .addOption(runsOption())
    .addOption(jsonOption('print everything as JSON, scores and masks included'))
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp show resnet20-l1', ''],
        ['sfp show 20261124T0607', 'the beginning of an id'],
      ])}`,
    )
    .action(async (run: string, options: { runs?: string; json?: boolean }) =>
      (await import('./commands/show')).show(run, options),
    );
  program
    .command('stop')
    .summary('stop a run')
    .description('Stop a run: it ends after its current step and saves a checkpoint. One that does not obey is killed.')
    .argument('<run>', runArgument)
    .addOption(runsOption())
    .addOption(
      new Option('--grace <seconds>', 'how long to wait before each harder means').default(30).argParser(seconds),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp stop resnet20-l1', ''],
        ['sfp stop resnet20-l1 --grace 5', 'in a hurry'],
      ])}`,
    )
    .action(async (run: string, options: { runs?: string; grace: number; json?: boolean }) =>
      (await import('./commands/stop')).stop(run, options),
    );
}

function addCompare(program: Command): void {
  program
    .command('compare')
    .summary('compare runs')
    .description(
      'Compare runs: what differs first, then what came of it. Runs that differ by seed only get a mean ± std.',
    )
    .argument('<runs...>', runArgument)
    .addOption(runsOption())
    .addOption(jsonOption().conflicts(['csv', 'markdown']))
    .addOption(new Option('--csv', 'print a row a run as CSV').conflicts('markdown'))
    .option('--markdown', 'print a table and what the seeds tell as Markdown')
    .addOption(
      new Option(
        '--drop <points>',
        'points of accuracy that pruning may cost against the dense network: tells the highest rates for it',
      ).argParser(points),
    )
    .addHelpText('after', `\n${examples([['sfp compare resnet20-l1 resnet20-l2', '']])}`)
    .action(async (runs: string[], options: CompareOptions) =>
      (await import('./commands/compare')).compare(runs, options),
    );
}

function addReport(program: Command): void {
  program
    .command('report')
    .summary('write a report of runs')
    .description(
      'Write a report of runs into one HTML file that can be read, sent and printed without SFP Lab: what the seeds tell, tables\n' +
        'with means and intervals, figures, masks, certificates, and how the runs were made. It loads nothing and runs nothing.\n' +
        'The same runs give the same file.',
    )
    .argument('<runs...>', runsOrExperimentsArgument)
    .option('--out <file>', 'the file to write', 'report.html')
    .option('--force', 'replace what is there')
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp report resnet20', 'all runs of the experiment of this name'],
        ['sfp report resnet20-l1 resnet20-l2 --out l1-l2.html', ''],
      ])}`,
    )
    .action(async (runs: string[], options: ReportOptions) =>
      (await import('./commands/report')).report(runs, options),
    );
}

function addCheck(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('check')
    .summary('judge a finished run, for continuous integration')
    .description(
      'Judge a finished run by its certificate: the compact network is equal to the masked one, has lost no more accuracy than is\n' +
        'allowed, and is no slower. Exit code 1 when one of these fails. Times count as a part of the masked network’s, so that\n' +
        'machines may differ.',
    )
    .argument('<run>', runArgument)
    .option('--against <file>', 'what an earlier check has written (default: the masked network of the run)')
    .option('--drop <points>', 'so many points of test accuracy may be lost', '0.5')
    .option('--slower <percent>', 'by so much the compact network’s part of the time may rise', '10')
    .option('--write <file>', 'when all is well, write what later runs are judged by')
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp check resnet20-l2 --write accepted.json', 'the run is the one to beat'],
        ['sfp check resnet20-l2 --against accepted.json --drop 1', 'a later one'],
      ])}`,
    )
    .action(async (run: string, options: CheckOptions) => {
      setExitCode(await (await import('./commands/check')).check(run, options));
    });
}

function addTensorBoard(program: Command): void {
  program
    .command('tensorboard')
    .summary('write event files of runs for TensorBoard')
    .description(
      'Write event files of runs: accuracy, loss, rates and savings as scalars, the scores of every layer as histograms, its masks\n' +
        'as images. "logs": { "tensorBoard": true } in a config writes them while a run is trained.',
    )
    .argument('<runs...>', runsOrExperimentsArgument)
    .option('--out <folder>', 'where a folder is made for each run', 'tensorboard')
    .option('--force', 'replace what is there')
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp tensorboard resnet20', 'all runs of the experiment of this name'],
        ['tensorboard --logdir tensorboard', 'shows them'],
      ])}`,
    )
    .action(async (runs: string[], options: TensorBoardOptions) =>
      (await import('./commands/tensorboard')).tensorboard(runs, options),
    );
}

function addCompact(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('compact')
    .summary('leave the pruned filters of a run out')
    .description(
      'Make the compact network of a run, without its pruned filters, and prove it: the logits of both networks on all test\n' +
        'images, sizes, and measured times. Every run that finishes does so by itself; this does it again. Ends with exit code 1\n' +
        'when the logits differ by more than rounding.',
    )
    .argument('<run>', runArgument)
    .addOption(runsOption())
    .addOption(jsonOption('print the certificate as JSON'))
    .option('--progress', 'with --json: print each step as a line of JSON before the certificate')
    .addHelpText('after', `\n${examples([['sfp compact resnet20-l2', '']])}`)
    .action(async (run: string, options: CompactOptions) => {
      setExitCode(await (await import('./commands/compact')).compact(run, options));
    });
}

function addExport(program: Command): void {
  program
    .command('export')
    .summary('write a network of a run into a file')
    .description(
      'Write a network of a run into a file for other programs:\n' +
        "safetensors, by PyTorch's names and in its layouts, with a PyTorch class beside it; ONNX, run in onnxruntime and compared\n" +
        'before it is written; or a TensorFlow.js LayersModel, a folder. docs/exports.md tells how to use them.',
    )
    .argument('<run>', runArgument)
    .option(
      '--what <network>',
      'masked or best: the one that the run is tested with, pruned filters exactly zero; compact: without them; initial: before ' +
        'training and pruning; final: the newest; or a checkpoint by its folder, as in epoch-12 (counted from 0)',
      'masked',
    )
    .addOption(new Option('--format <name>', 'of the file').choices(exportFormats).default('safetensors'))
    .option('--out <file>', 'the file to write (default: named after run and checkpoint, in this folder)')
    .option('--force', 'replace what is there')
    .option(
      '--allow-unequal',
      'with --what compact: also where its certificate does not show that it is the masked network',
    )
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp export resnet20-l2', 'the pruned network of best validation accuracy'],
        ['sfp export resnet20-l2 --what compact --format onnx', 'the small network, for onnxruntime and others'],
        ['sfp export resnet20-l2 --what initial --out initial.safetensors', 'what training started from'],
      ])}`,
    )
    .action(async (run: string, options: ExportOptions) => (await import('./commands/export')).exportRun(run, options));
}

function addCounting(program: Command): void {
  program
    .command('flops')
    .summary('count multiply-adds and parameters')
    .description(
      'Count the multiply-adds ("FLOPs") and parameters of a network, dense and pruned, in two ways:\n' +
        '"paper" as papers count, with the kept fraction not rounded; "exact" of the network that can be built.',
    )
    .argument('<network>', `a network (${architectures.join(', ')}) or a config file`)
    .addOption(new Option('--rate <fraction>', 'fraction of the filters PRUNED, 0 to below 1').argParser(rate))
    .addOption(
      new Option(
        '--dataset <name>',
        'decides image size and classes; if left out, what the network was made for: ImageNet’s, or CIFAR-10’s for ResNets of 6n + 2 layers',
      ).choices([...datasets, 'imagenet']),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp flops resnet56 --rate 0.3', ''],
        ['sfp flops resnet18 --rate 0.3 --dataset cifar10', 'the variant for small images'],
        ['sfp flops examples/resnet56-paper.sfp.json', 'with the rates of a config, also by layer'],
      ])}`,
    )
    .action(async (network: string, options: FlopsOptions) =>
      (await import('./commands/flops')).flops(network, options),
    );
}

function addImport(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('import')
    .summary('tell what can be pruned of a network from elsewhere')
    .description(
      'Read a network of PyTorch, Keras or another tool, from an ONNX file or the model.json of a TensorFlow.js LayersModel,\n' +
        'and tell what it is made of, which filters can be pruned, alone or together, and what stands in the way. An ONNX file\n' +
        'is run in onnxruntime, too: the logits must be the same. Exit code 1 when the network cannot be trained.',
    )
    .argument('<file>', 'an .onnx file, or a model.json')
    .addOption(
      new Option(
        '--size <pixels>',
        'height and width of the images, where the file leaves them open: 224 or 224x320',
      ).argParser(imageSize),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp import net.onnx', ''],
        ['sfp import net.onnx --size 224', 'for a network of images of any size'],
      ])}`,
    )
    .action(async (file: string, options: ImportOptions) => {
      setExitCode(await (await import('./commands/import')).importFile(file, options));
    });
}

function addMask(program: Command): void {
  program
    .command('mask')
    .summary('tell which filters a criterion would prune')
    .description(
      'Tell which filters a criterion prunes, for every convolution of a weight file or of the best checkpoint of a run;\n' +
        'or how far two criteria agree: Spearman’s rank correlation of their scores, and the filters that both prune over\n' +
        'those that either prunes.',
    )
    .argument('<weights>', `weights.safetensors, from a checkpoint or from PyTorch; or ${runArgument}`)
    .addOption(new Option('--criterion <name>', 'how filters are ranked').choices(criteria).makeOptionMandatory())
    .addOption(new Option('--against <name>', 'compare with this criterion').choices(criteria))
    .addOption(
      new Option('--rate <fraction>', 'fraction of the filters PRUNED, 0 to below 1')
        .argParser(rate)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--seed <number>', 'of the criterion "random"').default(1).argParser(wholeNumber(0)))
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp mask weights.safetensors --criterion l2 --rate 0.3', ''],
        ['sfp mask weights.safetensors --criterion l1 --against fpgm --rate 0.3', 'do they choose the same?'],
      ])}`,
    )
    .action(async (weights: string, options: MaskOptions) => (await import('./commands/mask')).mask(weights, options));
}

function addSensitivity(program: Command): void {
  program
    .command('sensitivity')
    .summary('measure which layers bear pruning')
    .description(
      'Measure how the accuracy on the validation part falls when one layer at a time (or the layers that a shortcut joins,\n' +
        'where the config prunes them together) is pruned and nothing is trained, and suggest rates from that. The run’s\n' +
        'folder keeps the figures: a measurement that was stopped goes on, and one that is complete is only shown.',
    )
    .argument('<run or config>', `${runArgument}; or a config that names training.initialWeights`)
    .option('--checkpoint <name>', 'of the run: its folder, as in epoch-12 (counted from 0); the best if left out')
    .addOption(
      new Option('--rates <list>', 'fractions PRUNED, 0 to below 1')
        .default([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], '0.1,0.2,…,0.9')
        .argParser(rates),
    )
    .addOption(
      new Option('--images <count>', 'at most so many of the validation part').default(2000).argParser(wholeNumber(1)),
    )
    .addOption(new Option('--drop <points>', 'points of accuracy that a layer may cost').default(1).argParser(points))
    .option('--suggest', 'print the suggested rates as a piece of config')
    .addOption(runsOption())
    .addOption(jsonOption('print every layer as a line of JSON, all of it at the end'))
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp sensitivity resnet20-l2', ''],
        ['sfp sensitivity resnet20-l2 --suggest --drop 2', 'rates for "pruning.layers", each within 2 points'],
      ])}`,
    )
    .action(async (subject: string, options: SensitivityOptions) =>
      (await import('./commands/sensitivity')).sensitivity(subject, options),
    );
}

function addInstallation(program: Command): void {
  addEngines(program);
  const data = program.command('data').summary('get data sets').description('Get data sets.');
  data
    .command('get')
    .summary('fetch a data set')
    .description('Fetch a data set into the cache, verified; a broken-off download goes on where it was.')
    .addArgument(new Argument('<name>', 'data set').choices(datasets))
    .addOption(jsonOption())
    .addHelpText('after', `\n${examples([['sfp data get cifar10', '']])}`)
    .action(async (name: (typeof datasets)[number], options: { json?: boolean }) =>
      (await import('./commands/data')).getData(name, options),
    );
}

function addDoctor(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('doctor')
    .summary('find out what keeps networks from being trained here')
    .description(
      'Look at Node, engines, GPU, disk, data sets, permissions, locks and the newest runs that failed, and say what to do.\n' +
        'The output holds no secrets and no paths of your home, so that it can be copied into a report. Exit code 1 when\n' +
        'something keeps networks from being trained.',
    )
    .addOption(runsOption())
    .addOption(jsonOption())
    .addHelpText('after', `\n${examples([['sfp doctor', '']])}`)
    .action(async (options: { runs?: string; json?: boolean }) => {
      const { doctor } = await import('./commands/doctor');
      setExitCode(await doctor(options));
    });
}

function addEngines(program: Command): void {
  const engines = program
    .command('engines')
    .summary('list and set up what networks can be computed with')
    .description('List what networks can be computed with on this machine, and why the others are not used.')
    .option(
      '--widths [network]',
      'list instead how many milliseconds the layers of a network or config take here at every width; measures what is missing (about a minute)',
    )
    .option(
      '--measure-again',
      'list nothing: forget what "auto" has measured, so that its next run measures again; with --widths, measure now',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp engines', ''],
        ['sfp engines --widths resnet56', 'which widths are really faster on this machine'],
        ['sfp engines setup', 'TensorFlow for the CPU'],
        ['sfp engines setup --gpu', 'TensorFlow for an NVIDIA GPU'],
      ])}`,
    )
    .action(async (options: EnginesOptions) => (await import('./commands/engines')).engines(options));
  engines
    .command('setup')
    .summary('set up TensorFlow')
    .description(
      'Set up TensorFlow in the cache, never in your project: the package @tensorflow/tfjs-node or tfjs-node-gpu, and\n' +
        'TensorFlow’s C library: the official one, else the one of the Python wheel (for GPUs newer than 2021 at once).\n' +
        'It is put in place after its training steps agreed with onnxruntime’s.',
    )
    .option('--gpu', 'for an NVIDIA GPU')
    .option('--from <source>', 'a wheel of TensorFlow, or an archive of libtensorflow: a file or a URL')
    .option('--force', 'set up again what is there')
    .option('--if-missing', 'do nothing, and do well, where it is there')
    .addOption(jsonOption('print every step as a line of JSON'))
    .action(async (_options: unknown, command: Command) =>
      (await import('./commands/enginesSetUp')).setUpEngine(command.optsWithGlobals()),
    );
  engines
    .command('remove')
    .summary('remove TensorFlow')
    .description('Delete the TensorFlow that was set up, for CPUs and for GPUs.')
    .addArgument(new Argument('[engine]', 'what to remove').choices(['tensorflow']).default('tensorflow'))
    .addOption(jsonOption())
    .action(async (_engine: string, _options: unknown, command: Command) =>
      (await import('./commands/enginesSetUp')).removeEngine(command.optsWithGlobals()),
    );
}

function rate(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('A rate is the fraction of filters to prune: a number from 0 to below 1.');
}

function imageSize(text: string): { height: number; width: number } {
  const [, height, width = height] = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(text) ?? [];
  const size = { height: Number(height), width: Number(width) };
  if (size.height >= 1 && size.width >= 1) return size;
  throw new InvalidArgumentError('Give pixels, as in 224, or height and width, as in 224x320.');
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Infinity) return value;
  throw new InvalidArgumentError('Give a number of seconds.');
}

function time(text: string): string {
  if (timePattern.test(text)) return text;
  throw new InvalidArgumentError(`Give ${timeForms}.`);
}

function rates(text: string): number[] {
  const values = text.split(',').map(rate);
  if (values.some((value) => value === 0)) throw new InvalidArgumentError('A rate of 0 prunes nothing: leave it out.');
  return [...new Set(values)].sort((a, b) => a - b);
}

function points(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('Give points of accuracy, 0 to 100.');
}
