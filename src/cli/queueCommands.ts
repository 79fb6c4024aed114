import { InvalidArgumentError, Option, type Command } from 'commander';
import { mostThreads } from '../runs/control/place';
import { mostAtOnce } from '../scheduling/queue/queue';
import type { QueueOptions, SlotsOptions } from './commands/queue';
import { examples, jsonOption, runArgument, wholeNumber } from './programParts';

/** Adds `sfp queue` and what belongs to it. */
export function addQueue(program: Command): void {
  const queue = program
    .command('queue')
    .summary('see and steer the queue of this machine')
    .description(
      'List the runs that train and wait on this machine, in their order, and what was measured of several runs at once.\n' +
        'All windows of VS Code and all command lines see and steer the same queue. Several runs at once are measured with the\n' +
        'network of the config before the first of them starts; a run alone takes all cores. A config’s own engine.threads\n' +
        'goes before, and a run that goes on keeps the threads it had.',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\n${examples([
        ['sfp queue', 'what trains, what waits, what failed'],
        ['sfp queue move resnet20-s3 first', 'train it next'],
        ['sfp queue slots 4', 'four runs at once, whatever was measured'],
        ['sfp queue retry', 'let those go on that failed or were stopped'],
      ])}`,
    )
    .action(async (options: QueueOptions) => (await import('./commands/queue')).queue(options));
  const add = (name: string, summary: string): Command =>
    queue
      .command(name)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
      .addOption(jsonOption());
  add('pause', 'start no further run; those that train go on').action(async (_: unknown, command: Command) =>
    (await import('./commands/queue')).pause(command.optsWithGlobals()),
  );
  add('continue', 'start runs again, also where the process of the queue has gone').action(
    async (_: unknown, command: Command) => (await import('./commands/queue')).goOn(command.optsWithGlobals()),
  );
  add('move', 'put a run that waits at another place')
    .argument('<run>', runArgument)
    .argument('<place>', 'first, last, or its number among those that wait', place)
    .action(async (run: string, to: number, _: unknown, command: Command) =>
      (await import('./commands/queue')).move(run, to, command.optsWithGlobals()),
    );
  add('cancel', 'take runs out of the queue; one that trains stops after its step and saves a checkpoint')
    .argument('<runs...>', runArgument)
    .action(async (runs: string[], _: unknown, command: Command) =>
      (await import('./commands/queue')).cancel(runs, command.optsWithGlobals()),
    );
  add('retry', 'let runs of the queue go on that failed or were stopped; all of them where none is named')
    .argument('[runs...]', runArgument)
    .action(async (runs: string[], _: unknown, command: Command) =>
      (await import('./commands/queue')).retry(runs, command.optsWithGlobals()),
    );
  add('slots', 'say how many runs train at once, or "auto": what is measured')
    .argument('<runs>', 'a number, or "auto"', runsAtOnce)
    .addOption(
      new Option('--threads <number>', 'of each run; the cores divided among them if left out').argParser(threads),
    )
    .action(async (runs: number | 'auto', _: unknown, command: Command) =>
      (await import('./commands/queue')).slots(runs === 'auto' ? null : runs, command.optsWithGlobals<SlotsOptions>()),
    );
}

function place(text: string): number {
  if (text === 'first') return 1;
  return text === 'last' ? Number.MAX_SAFE_INTEGER : wholeNumber(1)(text);
}

function runsAtOnce(text: string): number | 'auto' {
  return text === 'auto' ? text : upTo(mostAtOnce, text);
}

function threads(text: string): number {
  return upTo(mostThreads, text);
}

function upTo(most: number, text: string): number {
  const value = wholeNumber(1)(text);
  if (value <= most) return value;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${most}.`);
}
