/** Entry of the worker thread that makes batches, a few ahead of the training loop. See `openBatchLoader`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BatchReply, BatchRequest, BatchWorkerData } from './batchMessages';
import { type BatchPass, batchPasses, type PassKind } from './batchPass';

const port = parentPort;
if (!port) throw new Error('batchWorker runs in a worker thread, started by openBatchLoader');

const data = workerData as BatchWorkerData;
const passes = new Map<number, BatchPass>();
/** Requests are answered one after another, in their order. */
let answered = startPasses();

/** Only pictures need the library that decodes them. */
async function startPasses(): Promise<(order: Uint32Array, kind: PassKind) => BatchPass> {
  const { images } = data;
  if ('images' in images || 'file' in images) return batchPasses(images, data);
  const { picturePasses } = await import('./picturePass');
  return picturePasses(images, data);
}

port.on('message', (request: BatchRequest) => {
  // A pass that is stopped is not finished first.
  if (request.kind === 'stop') passes.delete(request.pass);
  answered = answered.then(async (startPass) => {
    await answer(request, startPass).catch((error: unknown) => {
      passes.delete(request.pass);
      reply({ kind: 'failed', pass: request.pass, message: error instanceof Error ? error.message : String(error) });
    });
    return startPass;
  });
});

async function answer(
  request: BatchRequest,
  startPass: (order: Uint32Array, kind: PassKind) => BatchPass,
): Promise<void> {
  switch (request.kind) {
    case 'start':
      passes.set(request.pass, startPass(request.order, request));
      for (let batch = 0; batch < request.ahead; batch++) await sendNext(request.pass);
      return;
    case 'more':
      await sendNext(request.pass);
      return;
    case 'stop':
      passes.delete(request.pass);
      return;
  }
}

async function sendNext(pass: number): Promise<void> {
  // A pass that has ended or was stopped may still be asked for more.
  const batches = passes.get(pass);
  if (!batches) return;
  const batch = await batches.next();
  // It may have been stopped meanwhile.
  if (!passes.has(pass)) return;
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
