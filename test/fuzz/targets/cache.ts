import { datasetInfo } from '../../../src/data/sets/datasetInfo';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Measurements } from '../../../src/engines/choice/measurements';
import { findInstallations } from '../../../src/engines/tensorflow/installation';
import { networkOn } from '../../../src/experiment/network';
import { missingTimes } from '../../../src/layerTimes/networkTimes';
import { forecastTable, keptTables } from '../../../src/layerTimes/tableFile';
import { secondsByWidth } from '../../../src/layerTimes/timeTable';
import { tableOfBlocks } from '../../fixtures/timeTable';
import { mutatedJson } from '../mutations';
import { target, type FuzzTarget } from '../target';

/** What earlier processes have left in the cache. All of it can be made again, so a damaged file counts as none. */
export const cacheTargets: readonly FuzzTarget[] = [
  target<Uint8Array>('layerTimes.json', (folder) => {
    const { graph } = networkOn('resnet20', datasetInfo('cifar10'));
    const sample = { formatVersion: 1, tables: [tableOfBlocks(graph, 0.1)] };
    return Promise.resolve({
      make: (random) => mutatedJson(sample, random),
      read: async (bytes) => {
        await writeFile(join(folder, 'layerTimes.json'), bytes);
        const tables = await keptTables(folder);
        missingTimes(graph, forecastTable(tables));
        for (const { shapes } of tables)
          for (const shape of shapes) secondsByWidth(shape)({ inputs: 3, outputs: Math.min(16, shape.most) });
      },
    });
  }),
  target<Uint8Array>('measurements.json', (folder) => {
    const rate = { imagesPerSecond: 100, slowestRound: 95, fastestRound: 105, usedByOthers: 0 };
    const measurement = { ...rate, title: 'onnxruntime', network: 'resnet20', batchSize: 128, measured: '2026-11-24' };
    return Promise.resolve({
      make: (random) => mutatedJson({ formatVersion: 2, byKey: { one: measurement, other: measurement } }, random),
      read: async (bytes) => {
        await writeFile(join(folder, 'measurements.json'), bytes);
        const measurements = await Measurements.open(folder);
        measurements.all.map(({ network, batchSize, title, imagesPerSecond, measured }) =>
          [network, title, imagesPerSecond.toFixed(0), measured.slice(0, 10), batchSize].join(' '),
        );
      },
    });
  }),
  target<Uint8Array>('installation.json', async (folder) => {
    const place = join(folder, 'tensorflow-cpu');
    const binding = join(place, 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8');
    await mkdir(binding, { recursive: true });
    await writeFile(join(binding, 'tfjs_binding.node'), '');
    const record = {
      formatVersion: 1,
      package: '@tensorflow/tfjs-node',
      packageVersion: '4.22.0',
      tensorflowVersion: '2.9.1',
      source: 'wheel',
      installed: '2026-11-24T06:07:08Z',
    };
    return {
      make: (random) => mutatedJson(record, random),
      read: async (bytes) => {
        await writeFile(join(place, 'installation.json'), bytes);
        const { installations, problems } = await findInstallations(folder);
        if (installations.length + problems.length !== 1) throw new Error('It is neither there nor damaged.');
      },
    };
  }),
];
