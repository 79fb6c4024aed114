import { Format, MultiBar, Presets, type Options, type Params, type SingleBar } from 'cli-progress';
import { visibleText } from '../base/visibleText';
import type { RunEvent, RunEventOf } from '../runs/model/format';
import { heldSentence } from '../runs/model/heldSentence';
import type { RunHistory, ShownStatus } from '../runs/model/history';
import { certificateSummary } from './certificateText';
import { duration, loss, percent, speed, unknown } from './figures';
import { inStatusColour, statusWord } from './statusText';
import { colours, note, print, printJson, terminalText, terminalWidth } from './terminal';

/** Shows runs while they train. `history` already contains the event. */
export interface TrainDisplay {
  onEvent(event: RunEvent, history: RunHistory): void;
  /** After events, and when the run's status changes. */
  onState(history: RunHistory): void;
  say(text: string): void;
  end(): void;
}

/** One JSON object a line: every event with the id of its run. */
export class JsonDisplay implements TrainDisplay {
  onEvent(event: RunEvent, { manifest }: RunHistory): void {
    printJson({ run: manifest.id, ...event });
  }
  onState(): void {
    // The events say everything already.
  }
  say(text: string): void {
    note(text);
  }
  end(): void {
    // Every line is already written.
  }
}

/** Lines for log files: one for each epoch. */
export class LineDisplay implements TrainDisplay {
  #lastPreparing = '';

  constructor(
    private readonly names: readonly string[],
    private readonly write: (line: string) => void = print,
  ) {}

  onEvent(event: RunEvent, history: RunHistory): void {
    const line = this.#line(event, history);
    if (line !== null) this.write(line);
  }
  onState(): void {
    // The events say everything already.
  }
  say(text: string): void {
    this.write(text);
  }
  end(): void {
    // Every line is already written.
  }

  #line(event: RunEvent, history: RunHistory): string | null {
    const name = history.manifest.name.padEnd(longest(this.names));
    const { yellow } = colours();
    switch (event.type) {
      case 'preparing':
        return this.#preparingLine(event, name);
      case 'started':
        return [...startedLines(event, history).map((line) => `${name}  ${line}`), headingLine(this.names)].join('\n');
      case 'epoch':
        return epochLine(name, event, history);
      case 'held':
        return `${name}  ${heldSentence(event)}`;
      case 'warning':
        return yellow(`${name}  ${event.message}`);
      case 'stopped':
      case 'failed':
      case 'finished':
        return [outcomeText(event), ...compactLines(event, history)].map((line) => `${name}  ${line}`).join('\n');
      case 'progress':
      case 'pruned':
      case 'checkpoint':
        return null;
    }
  }

  /** One line for everything that is prepared, instead of one for each percent. */
  #preparingLine({ message }: RunEventOf<'preparing'>, name: string): string | null {
    if (message === this.#lastPreparing) return null;
    this.#lastPreparing = message;
    return `${name}  ${message}`;
  }
}

/** A bar for each run, and above the bars a line for each epoch. */
export class BarDisplay implements TrainDisplay {
  readonly #bars = new Map<string, SingleBar>();
  readonly #lines: LineDisplay;
  readonly #multi: MultiBar;

  constructor(runs: readonly { readonly id: string; readonly name: string }[]) {
    const names = runs.map(({ name }) => name);
    const width = longest(names);
    this.#multi = new MultiBar(
      {
        format: (options, params, payload) => barLine(options, params, payload as BarPayload, width),
        stream: process.stdout,
        hideCursor: true,
        fps: 8,
        emptyOnZero: true,
        // Long sentences above the bars wrap; the lines of the bars are cut to fit.
        linewrap: true,
        // The bars stay visible after Ctrl-C, to show how the runs stop.
        gracefulExit: false,
        // Otherwise text above the bars would erase bars that did not change.
        forceRedraw: true,
      },
      Presets.shades_classic,
    );
    for (const { id, name } of runs)
      this.#bars.set(id, this.#multi.create(1, 0, { name, status: 'created', text: 'waiting' }));
    this.#lines = new LineDisplay(names, (line) => {
      this.say(line);
    });
  }

  onEvent(event: RunEvent, history: RunHistory): void {
    // The bar shows what is being prepared.
    if (event.type !== 'preparing') this.#lines.onEvent(event, history);
  }

  onState(history: RunHistory): void {
    const bar = this.#bars.get(history.manifest.id);
    const { done, total } = progressOf(history);
    bar?.setTotal(total);
    bar?.update(done, { status: history.status, text: stateText(history) });
  }

  say(text: string): void {
    for (const line of text.split('\n')) {
      // A line that wraps overwrites a bar, so the rest of that bar is cleared.
      this.#multi.log(`${terminalText(line)}\u001b[K\n`);
      this.#multi.update();
    }
  }

  end(): void {
    this.#multi.stop();
  }
}

/** `epoch 12/200  loss 0.123  1234 images/s  10:02:03 left` */
const longestText = 56;

interface BarPayload {
  readonly name: string;
  readonly status: ShownStatus;
  readonly text: string;
}

function barLine(options: Options, params: Params, { name, status, text }: BarPayload, nameWidth: number): string {
  const width = terminalWidth() - nameWidth - '   100 %  '.length;
  const barsize = Math.max(8, Math.min(30, width - longestText));
  const bar = Format.BarFormat(params.progress, { ...options, barsize });
  const fraction = percent(params.progress, 0).padStart(5);
  const shown = visibleText(text).slice(0, Math.max(0, width - barsize - 1));
  return `${visibleText(name).padEnd(nameWidth)}  ${colours().cyan(bar)} ${fraction}  ${inStatusColour(status, shown)}`;
}

/** The steps of the whole run, or before the first step what is being prepared. */
function progressOf({ started, epochs, progress, preparing, status }: RunHistory): { done: number; total: number } {
  if (started === null) return { done: preparing?.fraction ?? 0, total: 1 };
  const total = started.epochs * started.stepsPerEpoch;
  const done = status === 'finished' ? total : epochs.length * started.stepsPerEpoch + (progress?.step ?? 0);
  return { done: Math.min(done, total), total };
}

function stateText(history: RunHistory): string {
  const { status, started, progress, preparing, epochs, outcome } = history;
  if (outcome?.type === 'finished') return `finished  test ${percent(outcome.test.accuracy)}`;
  if (outcome !== null || status !== 'running') return statusWord(status);
  if (preparing !== null) return preparing.message;
  if (started === null) return 'getting ready';
  const epoch = `epoch ${Math.min(epochs.length + 1, started.epochs)}/${started.epochs}`;
  if (progress === null) return epoch;
  const { imagesPerSecond, secondsLeft } = progress;
  return `${epoch}  loss ${loss(progress.loss)}  ${speed(imagesPerSecond)} images/s  ${duration(secondsLeft)} left`;
}

function startedLines({ device, images, engine, from }: RunEventOf<'started'>, { manifest }: RunHistory): string[] {
  const parts = from
    ? `goes on in epoch ${from.epoch + 1} after ${from.step} steps`
    : `${images.training} training, ${images.validation} validation, ${images.test} test images`;
  const operators = manifest.engine?.operators;
  return [`${parts}; ${engine} on ${device}`, ...(operators === undefined ? [] : [operators])];
}

/** What became of the compact network, masked against compact. */
function compactLines({ type }: RunEvent, { certificate }: RunHistory): string[] {
  return type === 'finished' && certificate !== null ? certificateSummary(certificate) : [];
}

function outcomeText(event: RunEventOf<'stopped' | 'failed' | 'finished'>): string {
  const { green, red, yellow } = colours();
  switch (event.type) {
    case 'stopped':
      return yellow(event.message);
    case 'failed':
      return red(event.message);
    case 'finished':
      return green(
        `Finished in ${duration(event.seconds)}: test accuracy ${percent(event.test.accuracy)}, ` +
          `FLOPs -${percent(1 - event.multiplyAdds.paper / event.multiplyAdds.dense, 1)} paper, ` +
          `-${percent(1 - event.multiplyAdds.exact / event.multiplyAdds.dense, 1)} exact`,
      );
  }
}

const columnTitles = ['epoch', 'rate', 'loss', 'training', 'before', 'after', 'back', 'images/s', 'time'];
const columnWidths = [7, 7, 6, 8, 7, 7, 5, 8, 6];

function headingLine(names: readonly string[]): string {
  return colours().dim(`${' '.repeat(longest(names))}${aligned(columnTitles)}`);
}

/** The columns of `headingLine`: accuracies on training and validation images, before and after the pruning; filters that came back. */
function epochLine(name: string, event: RunEventOf<'epoch'>, { prunings, manifest }: RunHistory): string {
  const pruning = prunings.find((one) => one.event.epoch === event.epoch)?.event;
  return `${name}${aligned([
    `${event.epoch + 1}/${manifest.config.training.epochs}`,
    String(event.learningRate),
    loss(event.training.loss),
    percent(event.training.accuracy, 1),
    percent(event.before?.accuracy, 1),
    percent(event.after?.accuracy, 1),
    pruning === undefined ? unknown : String(pruning.layers.reduce((sum, { returned }) => sum + returned, 0)),
    speed(event.imagesPerSecond),
    duration(event.seconds),
  ])}`;
}

function aligned(cells: readonly string[]): string {
  return cells.map((cell, index) => `  ${cell.padStart(columnWidths[index] ?? 0)}`).join('');
}

function longest(names: readonly string[]): number {
  return Math.max(...names.map((name) => name.length));
}
