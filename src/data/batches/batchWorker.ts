/** Entry of the worker thread that makes batches, a few ahead of the training loop. See `openBatchLoader`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BatchReply, BatchRequest, BatchWorkerData } from './batchMessages';
import { type BatchPass, batchPasses } from './batchPass';

const port = parentPort;
if (!port) throw new Error('batchWorker runs in a worker thread, started by openBatchLoader');

const startPass = batchPasses(workerData as BatchWorkerData);
const passes = new Map<number, BatchPass>();

port.on('message', (request: BatchRequest) => {
  try {
    answer(request);
  } catch (error) {
    passes.delete(request.pass);
    reply({ kind: 'failed', pass: request.pass, message: error instanceof Error ? error.message : String(error) });
  }
});

function answer(request: BatchRequest): void {
  switch (request.kind) {
    case 'start':
      passes.set(request.pass, startPass(request.order, request));
      for (let batch = 0; batch < request.ahead; batch++) sendNext(request.pass);
      return;
    case 'more':
      sendNext(request.pass);
      return;
    case 'stop':
      passes.delete(request.pass);
      return;
  }
}

function sendNext(pass: number): void {
  // A pass that has ended or was stopped may still be asked for more.
  const batches = passes.get(pass);
  if (!batches) return;
  const batch = batches.next();
  if (batch) {
    reply({ kind: 'batch', pass, ...batch }, [batch.images.buffer, batch.labels.buffer]);
  } else {
    passes.delete(pass);
    reply({ kind: 'end', pass });
  }
}

function reply(message: BatchReply, handedOver: ArrayBuffer[] = []): void {
  port?.postMessage(message, handedOver);
}
