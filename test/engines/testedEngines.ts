import type { Engine } from '../../src/engines/engine';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { tensorflowEngine } from '../../src/engines/tensorflow';
import { convolutionKinds } from './convolutionKinds';
import { testedTensorflow } from './testedTensorflow';

export interface TestedEngine {
  readonly title: string;
  /** Blocked convolutions take channels in whole blocks, others any number. */
  readonly blocked: boolean;
  readonly open: () => Promise<Engine>;
}

/** All ways to compute on the CPU that are there on this machine, on one thread. */
export async function testedEngines(): Promise<TestedEngine[]> {
  const engines: TestedEngine[] = (await convolutionKinds()).map((convolutions) => ({
    title: `onnxruntime with ${convolutions} convolutions`,
    blocked: convolutions === 'blocked',
    open: () => onnxruntimeEngine({ threads: 1, convolutions }),
  }));
  const installation = await testedTensorflow();
  if (!installation) {
    console.warn('Not tested: TensorFlow, which is not set up; see sfp engines setup.');
    return engines;
  }
  // NCHW is meant for GPUs, but oneDNN's kernels know it on a CPU too.
  for (const dataFormat of ['NHWC', 'NCHW'] as const)
    engines.push({
      title: `tensorflow, ${dataFormat}`,
      blocked: false,
      open: () => tensorflowEngine({ installation, threads: 1, dataFormat }),
    });
  return engines;
}
