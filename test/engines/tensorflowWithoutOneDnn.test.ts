import { describe, it } from 'vitest';
import { onnxruntimeEngine } from '../../src/engines/onnxruntime';
import { tensorflowEngine } from '../../src/engines/tensorflow';
import { convolutionNetworks, expectAgreement } from './layerAgreement';
import { testedTensorflow } from './testedTensorflow';

// TensorFlow reads it when it is loaded, which happens once a process: hence a file of its own.
process.env.TF_ENABLE_ONEDNN_OPTS = '0';

const installation = await testedTensorflow();
const networks = convolutionNetworks.map((graph) => ({ name: graph.name, graph }));

describe.skipIf(!installation)(
  "TensorFlow's own kernels for CPUs, which know neither dilation nor groups in the backward pass",
  () => {
    it.each(networks)('compute a convolution with $name as onnxruntime does', async ({ graph }) => {
      const engine = await tensorflowEngine({ installation: installation!, threads: 1 });
      await expectAgreement(engine, await onnxruntimeEngine({ threads: 1, convolutions: 'plain' }), graph);
    });
  },
);
