import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AugmentationSeed, BatchReply, BatchRequest, BatchWorkerData } from './batchMessages';
import type { Batch } from './batchPass';

export type { AugmentationSeed, Batch };

export interface BatchLoaderOptions extends BatchWorkerData {
  /** Batches made ahead of the consumer. */
  readonly ahead?: number;
  /** The built worker; the one beside the running bundle if left out. */
  readonly workerScript?: string;
}

export interface PassOptions {
  /** Random flips and crops, the same whenever seed, epoch and order are the same; null for none. */
  readonly augment?: AugmentationSeed | null;
  /** Leaves out the last batch when it would be smaller. */
  readonly dropLast?: boolean;
  /** Leaves out so many images at the beginning; the others are as they would be with them. */
  readonly from?: number;
}

/** Makes batches of one image set in a thread of its own. */
export interface BatchLoader {
  /**
   * Batches of the images of `order`, in this order, made ahead while the consumer is busy. Batches belong to the
   * consumer. Several passes may be under way at once; breaking out of one stops it.
   */
  epoch(order: Uint32Array, options?: PassOptions): AsyncIterable<Batch>;
  /** Ends the thread. Passes under way fail. */
  dispose(): Promise<void>;
}

/** Starts the thread. What goes wrong in it, from a missing script on, is thrown by the passes. */
export function openBatchLoader(options: BatchLoaderOptions): BatchLoader {
  const { images, shape, mean, std, batchSize, ahead = 4 } = options;
  const workerData: BatchWorkerData = { images, shape, mean, std, batchSize };
  const worker = new Worker(options.workerScript ?? join(__dirname, 'batchWorker.js'), { workerData });
  const passes = new Map<number, ReplyQueue>();
  let failure: Error | null = null;
  let passCount = 0;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const replies of passes.values()) replies.fail(failure);
  };
  worker.on('message', (reply: BatchReply) => passes.get(reply.pass)?.push(reply));
  worker.on('error', (error) => {
    fail(new Error(`The thread that makes batches failed: ${error.message}`, { cause: error }));
  });
  worker.on('exit', () => {
    fail(new Error('The thread that makes batches has ended.'));
  });
  const ask = (request: BatchRequest): void => {
    worker.postMessage(request);
  };

  async function* epoch(order: Uint32Array, { augment = null, dropLast = false, from = 0 }: PassOptions = {}) {
    if (failure) throw failure;
    const pass = passCount++;
    const replies = new ReplyQueue();
    passes.set(pass, replies);
    try {
      ask({ kind: 'start', pass, order, from, augment, dropLast, ahead });
      for (;;) {
        const reply = await replies.take();
        if (reply.kind === 'end') return;
        if (reply.kind === 'failed') throw new Error(`Batches could not be made: ${reply.message}.`);
        ask({ kind: 'more', pass });
        yield { count: reply.count, images: reply.images, labels: reply.labels };
      }
    } finally {
      passes.delete(pass);
      ask({ kind: 'stop', pass });
    }
  }

  return {
    epoch,
    dispose: async () => {
      await worker.terminate();
    },
  };
}

/** Replies of one pass, taken one at a time in the order in which they came. */
class ReplyQueue {
  private readonly replies: BatchReply[] = [];
  private failure: Error | null = null;
  private waiting: { resolve(reply: BatchReply): void; reject(error: Error): void } | null = null;

  push(reply: BatchReply): void {
    if (this.waiting) this.waiting.resolve(reply);
    else this.replies.push(reply);
    this.waiting = null;
  }

  fail(error: Error): void {
    this.failure = error;
    this.waiting?.reject(error);
    this.waiting = null;
  }

  take(): Promise<BatchReply> {
    const reply = this.replies.shift();
    if (reply) return Promise.resolve(reply);
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }
}
