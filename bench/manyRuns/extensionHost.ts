import { setTimeout } from 'node:timers/promises';
import type { LogOutputChannel } from 'vscode';
import { ActiveRuns } from '../../src/extension/runs/activeRuns';
import { CheckpointLosses } from '../../src/extension/runs/checkpointLosses';
import { FollowedRuns } from '../../src/extension/runs/followedRuns';
import { RunList } from '../../src/extension/runs/runList';
import type { MachineQueue } from '../../src/extension/runs/machineQueue';
import { SlurmStates } from '../../src/extension/runs/slurmStates';
import { RunsTree } from '../../src/extension/views/runsTree';
import type { RunsTreeNode } from '../../src/extension/views/runsTreeNodes';

/** A process that does what the extension host does with the runs of its working folder: lists, follows and shows them. */

export interface HostFigures {
  /** Until all runs are listed. */
  readonly listSeconds: number;
  /** The longest times in which nothing else had its turn, while listing and beginning to follow, and after that. */
  readonly atStart: Stretch;
  readonly later: Stretch;
  /** Runs that are followed and have been read to their end. */
  readonly followed: number;
  /** What they have gained after the start. */
  readonly deltas: number;
}

/** Milliseconds: by the clock, and what of it this process worked, which other programs on a busy machine do not lengthen. */
export interface Stretch {
  readonly clock: number;
  readonly work: number;
}

const resolution = 2;

/** Watches for how long the event loop does not come to its timers. */
class StretchWatch {
  #longest: Stretch = { clock: 0, work: 0 };

  start(): void {
    const begin = performance.now();
    const used = process.cpuUsage();
    globalThis.setTimeout(() => {
      const clock = Math.max(0, performance.now() - begin - resolution);
      const { user, system } = process.cpuUsage(used);
      const work = Math.min(clock, (user + system) / 1000);
      this.#longest = { clock: Math.max(clock, this.#longest.clock), work: Math.max(work, this.#longest.work) };
      this.start();
    }, resolution);
  }

  /** The longest since the last time that this was asked. */
  take(): Stretch {
    const longest = this.#longest;
    this.#longest = { clock: 0, work: 0 };
    return longest;
  }
}

/** The runs are nobody's to train. */
const queueOfNobody = {
  placeOf: () => null,
  paused: null,
  onDidChange: () => ({ dispose: () => undefined }),
} as unknown as MachineQueue;

async function main(seconds: number): Promise<void> {
  const log = { warn: console.error, error: console.error } as unknown as LogOutputChannel;
  const watch = new StretchWatch();
  watch.start();
  const begin = performance.now();
  const list = new RunList(log);
  const followed = new FollowedRuns(log);
  const active = new ActiveRuns(list, followed);
  const about = { losses: new CheckpointLosses(list, log), slurm: new SlurmStates(list, log), queue: queueOfNobody };
  const tree = new RunsTree(list, followed, about);
  tree.onDidChangeTreeData((node) => {
    show(tree, node);
  });
  await list.ready;
  const listSeconds = (performance.now() - begin) / 1000;
  await setTimeout((1000 * seconds) / 3);
  const atStart = watch.take();
  let deltas = 0;
  followed.onDidAdvance(() => deltas++);
  await setTimeout((1000 * seconds * 2) / 3);
  const figures: HostFigures = {
    listSeconds,
    atStart,
    later: watch.take(),
    followed: active.histories.length,
    deltas,
  };
  process.stdout.write(JSON.stringify(figures), () => process.exit());
}

/** VS Code asks for every item that can be seen; experiments are open. */
function show(tree: RunsTree, node: RunsTreeNode | undefined): void {
  if (node) tree.getTreeItem(node);
  for (const child of tree.getChildren(node)) show(tree, child);
}

void main(Number(process.argv[2]));
