import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { keptMemory } from '../src/base/keptMemory';
import type { Subject } from './subject';

export type MemoryFormat = 'nchw' | 'channels_last';

export interface PytorchWorkload {
  readonly arch: string;
  readonly batchSize: number;
  /** Pixels of a side of the images. */
  readonly size: number;
  readonly threads: number;
}

/** The same train step in a PyTorch of the user's; the process waits, without using a core, while others are measured. */
export function pytorchSubject(python: string, format: MemoryFormat, workload: PytorchWorkload): Subject {
  const { arch, batchSize, size, threads } = workload;
  const script = join(process.cwd(), 'bench', 'pytorchStep.py');
  const args = [script, arch, batchSize, size, threads, format].map(String);
  let name = `PyTorch (${python}) ${format}`;
  let peer: Peer | null = null;
  return {
    get name() {
      return name;
    },
    isStep: true,
    prepare: async () => {
      // Without it PyTorch spends most of its time on fresh pages where these are dear, such as in a virtual machine.
      const env = { ...keptMemory, ...process.env };
      peer = new Peer(spawn(python, args, { env, stdio: ['pipe', 'pipe', 'inherit'] }));
      name = `PyTorch ${await peer.answer()} ${format}: train step`;
    },
    imagesPerSecond: async (seconds) => Number(await peer?.answer(String(seconds))),
    dispose: () => {
      peer?.end();
      return Promise.resolve();
    },
  };
}

/** A child process that answers each line with a line. */
class Peer {
  readonly #lines: AsyncIterator<string>;

  constructor(private readonly child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async answer(question?: string): Promise<string> {
    if (question !== undefined) this.child.stdin.write(`${question}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`${this.child.spawnfile} ended without an answer: see above why.`);
    return line.value;
  }

  end(): void {
    this.child.stdin.end();
  }
}
