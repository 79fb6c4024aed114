import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openModelFile } from '../../src/engines/onnxruntime/modelFile';
import { plainLogits } from '../../src/export/plainLogits';
import { buildNetwork } from '../../src/network/zoo';
import { Checkpoints } from '../../src/runs/checkpoints/checkpoints';
import { buildProgram, runScript, type BuiltProgram, type Ended } from '../fixtures/builtProgram';
import { lifelikeTensors, shareOfRange, someImages } from '../fixtures/compactNetwork';
import { plausibleRun } from '../fixtures/plausibleRun';
import { writeRun } from '../fixtures/writeRun';

const shape = { channels: 3, height: 32, width: 32 };
const graph = buildNetwork('resnet20', shape, 10);
const tensors = lifelikeTensors(graph);

let program: BuiltProgram;
let project: string;
let run: string;

beforeAll(async () => {
  program = await buildProgram();
});
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'sfp-lab-export-'));
  run = await writeRun(join(project, '.sfp', 'runs'), plausibleRun({ epochs: 4, name: 'net' }));
  return () => rm(project, { recursive: true, force: true });
});

function sfp(...args: string[]): Promise<Ended> {
  return runScript(program.commandLine, ['export', 'net', ...args], { cwd: project });
}

/** The initial weights of the run, which no training of minutes is needed for. */
async function saveInitial(): Promise<void> {
  const none = new Map();
  await new Checkpoints(run).saveInitial({ parameters: tensors, momenta: none, statistics: none });
}

describe('sfp export --format onnx', () => {
  it('leaves a file that gives the logits of the network', async () => {
    await saveInitial();
    const { code, stdout, stderr } = await sfp('--what', 'initial', '--format', 'onnx', '--out', 'net.onnx');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^net\.onnx: the initial weights, .*; ONNX, operator set 17; in onnxruntime its logits differ by/,
    );
    expect((await readdir(project)).sort()).toEqual(['.sfp', 'net.onnx']);
    const file = await openModelFile(await readFile(join(project, 'net.onnx')), { threads: 1 });
    const images = someImages(shape, 2);
    expect(shareOfRange(await file.predict(images, 2), plainLogits(graph, tensors, images, 2))).toBeLessThan(1e-5);
    await file.dispose();
  });

  it('tells scripts how equal it is, and replaces nothing unasked', async () => {
    await saveInitial();
    const { stdout } = await sfp('--what', 'initial', '--format', 'onnx', '--out', 'net.onnx', '--json');
    const told = JSON.parse(stdout) as { check: { largestDifference: number; logitsRange: number } };
    expect(told).toMatchObject({ files: ['net.onnx'], format: 'onnx', what: 'initial', check: { images: 4 } });
    expect(told.check.largestDifference).toBeLessThan(1e-5 * told.check.logitsRange);
    await writeFile(join(project, 'net.onnx'), 'mine');
    const refused = await sfp('--what', 'initial', '--format', 'onnx', '--out', 'net.onnx');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'net.onnx is there already; --force replaces it, --out names another file.\n',
    ]);
  });
});
