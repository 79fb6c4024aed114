import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { initialState } from '../../../../src/network/initialState';
import type { NetworkState, TensorMap } from '../../../../src/network/state';
import { buildNetwork } from '../../../../src/network/zoo';
import { zeroPruned } from '../../../../src/pruning/masks';
import { decodeSafetensors, encodeSafetensors } from '../../../../src/formats/safetensors';
import { Checkpoints, type CheckpointContent } from '../../../../src/runs/checkpoints/checkpoints';
import { buildProgram, runScript, type BuiltProgram, type Ended } from '../../../fixtures/builtProgram';
import { compactResNet, lifelikeTensors } from '../../../fixtures/compactNetwork';
import { writeCertificate, type CertificateOptions } from '../../../fixtures/plausibleCertificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { writeRun } from '../../../fixtures/writeRun';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const initial = initialState(graph, 1);

/** As of some epoch: filter 3 of the stem is pruned, the first bias says which epoch it is. */
function stateAfter(epoch: number): NetworkState {
  const state = initialState(graph, 1);
  zeroPruned(
    state.parameters.get('stem.conv.weight')!,
    Uint8Array.from({ length: 16 }, (_, filter) => Number(filter !== 3)),
  );
  state.parameters.get('classifier.bias')!.data[0] = epoch;
  return state;
}

const certificate = (options: CertificateOptions) =>
  plausibleRun({ epochs: 3, certificate: options }).history.certificate;

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

/** Three epochs of which the first is the best, and a stop in the fourth. */
async function train(): Promise<void> {
  const checkpoints = new Checkpoints(run);
  await checkpoints.saveInitial(initial);
  for (const [epoch, accuracy] of [0.5, 0.3, 0.4].entries())
    await checkpoints.save(content(epoch, accuracy, epoch === 0));
  await checkpoints.save({ ...content(3, 0, false), step: 12, pruned: false, validation: null });
}

function content(epoch: number, accuracy: number, best: boolean): CheckpointContent {
  return {
    epoch,
    step: null,
    pruned: true,
    validation: { loss: 1, accuracy },
    best,
    importance: null,
    state: stateAfter(epoch),
  };
}

function sfp(...args: string[]): Promise<Ended> {
  return runScript(program.commandLine, ['export', ...args], { cwd: project });
}

async function written(name: string): Promise<{ tensors: TensorMap; metadata: Record<string, string> }> {
  const bytes = await readFile(join(project, name));
  const header = bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString();
  const { __metadata__: metadata } = JSON.parse(header) as { __metadata__: Record<string, string> };
  return { tensors: decodeSafetensors(bytes, name), metadata };
}

describe('sfp export', () => {
  it('writes the initial weights as they were', async () => {
    await train();
    const { code, stdout, stderr } = await sfp('net', '--what', 'initial', '--out', 'w.safetensors');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      'w.safetensors: the initial weights, not pruned yet (initial); 0 of 688 filters are exactly zero; 97 tensors; ' +
        'its PyTorch class is in w.py.\n',
    );
    const { tensors, metadata } = await written('w.safetensors');
    expect(tensors).toEqual(new Map([...initial.parameters, ...initial.statistics]));
    expect(tensors.get('stage2.block1.conv1.weight')?.shape).toEqual([32, 16, 3, 3]);
    expect(metadata).toMatchObject({ format: 'pt', epoch: '-1', pruned: 'false', arch: 'resnet20', seed: '1' });
    expect(metadata.producer).toMatch(/^SFP Lab /);
    expect(JSON.parse(metadata.mean!)).toEqual([125.3, 123, 113.9]);
    expect(await readFile(join(project, 'w.py'), 'utf8')).toMatch(
      /importlib.import_module\("w"\).load\("w.safetensors"\)/,
    );
  });

  it.each([
    [[], 0, true],
    [['--what', 'masked'], 0, true],
    [['--what', 'best'], 0, true],
    [['--what', 'epoch-2'], 2, true],
    [['--what', 'epoch-0002'], 2, true],
    [['--what', 'final'], 3, false],
  ])('takes %j for the checkpoint of epoch %i', async (args, epoch, pruned) => {
    await train();
    const { stdout } = await sfp('net', ...args, '--out', 'w.safetensors', '--json');
    const told = JSON.parse(stdout) as unknown;
    expect(told).toMatchObject({ file: 'w.safetensors', epoch, pruned, filters: { all: 688, zero: 1 } });
    const { tensors, metadata } = await written('w.safetensors');
    expect(tensors.get('classifier.bias')?.data[0]).toBe(epoch);
    expect(metadata.epoch).toBe(String(epoch));
  });

  it('names the file after run and checkpoint, and writes nothing else', async () => {
    await train();
    const before = await readdir(run, { recursive: true });
    expect((await sfp('net')).code).toBe(0);
    const id = run.split(/[\\/]/).at(-1)!;
    const files = [`${id}-epoch-0000.py`, `${id}-epoch-0000.safetensors`];
    expect((await readdir(project)).sort()).toEqual(['.sfp', ...files]);
    expect(await readdir(run, { recursive: true })).toEqual(before);
  });

  it('replaces a file by --force only', async () => {
    await train();
    await writeFile(join(project, 'w.safetensors'), 'mine');
    const refused = await sfp('net', '--out', 'w.safetensors');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      'w.safetensors is there already; --force replaces it, --out names another file.\n',
    ]);
    expect(await readFile(join(project, 'w.safetensors'), 'utf8')).toBe('mine');
    expect((await sfp('net', '--out', 'w.safetensors', '--force')).code).toBe(0);
    expect((await written('w.safetensors')).tensors.size).toBe(97);
    expect((await readdir(project)).sort()).toEqual(['.sfp', 'w.py', 'w.safetensors']);
  });

  it('writes nothing where one of its files is in the way', async () => {
    await train();
    await writeFile(join(project, 'w.py'), 'mine');
    const refused = await sfp('net', '--out', 'w.safetensors');
    expect(refused.stderr).toBe('w.py is there already; --force replaces it, --out names another file.\n');
    expect((await readdir(project)).sort()).toEqual(['.sfp', 'w.py']);
  });

  it('writes a folder for TensorFlow.js, or the two files of the name that is given', async () => {
    await train();
    const { stdout } = await sfp('net', '--format', 'tfjs', '--json');
    const id = run.split(/[\\/]/).at(-1)!;
    expect(JSON.parse(stdout)).toMatchObject({ file: `${id}-epoch-0000-tfjs`, format: 'tfjs', check: null });
    expect((await readdir(join(project, `${id}-epoch-0000-tfjs`))).sort()).toEqual(['model.json', 'weights.bin']);
    expect((await sfp('net', '--format', 'tfjs')).stderr).toMatch(/weights\.bin is there already; --force replaces it/);
    expect((await sfp('net', '--format', 'tfjs', '--force')).code).toBe(0);
    expect((await sfp('net', '--format', 'tfjs', '--out', 'net.json')).code).toBe(0);
    const model = JSON.parse(await readFile(join(project, 'net.json'), 'utf8')) as unknown;
    expect(model).toMatchObject({ weightsManifest: [{ paths: ['net.bin'] }] });
  });

  it('writes the compact network with its class, and says when there is none', async () => {
    await train();
    expect((await sfp('net', '--what', 'compact')).stderr).toMatch(
      /has no compact network yet; `sfp compact` makes it/,
    );
    await writeCertificate(run, certificate({}));
    await writeFile(join(run, 'compact', 'network.json'), JSON.stringify(compactResNet));
    const tensors = lifelikeTensors(compactResNet);
    await writeFile(join(run, 'compact', 'weights.safetensors'), encodeSafetensors(tensors));
    const { stdout, stderr } = await sfp('net', '--what', 'compact', '--out', 'small.safetensors');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^small\.safetensors: the compact network, 52 filters; 39 tensors; /);
    expect((await written('small.safetensors')).tensors).toEqual(tensors);
    expect(await readFile(join(project, 'small.py'), 'utf8')).toContain('class Resnet8Compact(nn.Module)');
  });

  it('refuses a compact network that is not proven to be the masked one, unless that is allowed', async () => {
    await train();
    await writeCertificate(run, certificate({ largestDifference: 1 }));
    await writeFile(join(run, 'compact', 'network.json'), JSON.stringify(compactResNet));
    await writeFile(join(run, 'compact', 'weights.safetensors'), encodeSafetensors(lifelikeTensors(compactResNet)));
    const unequal = await sfp('net', '--what', 'compact');
    expect(unequal.code).toBe(1);
    expect(unequal.stderr).toMatch(
      /^The compact network of \S+ is NOT the masked one, .*; --allow-unequal exports it as it is\.\n$/,
    );
    expect((await sfp('net', '--what', 'compact', '--allow-unequal')).code).toBe(0);
    await rm(join(run, 'compact', 'certificate.json'));
    expect((await sfp('net', '--what', 'compact', '--force')).stderr).toMatch(
      /has no certificate that its compact network is/,
    );
  });

  it.each([
    [['nowhere'], 2, /^There is no run "nowhere"/],
    [
      ['net', '--what', 'epoch-7'],
      1,
      /has no checkpoint "epoch-7"; .*: initial, epoch-0000 \(best\), epoch-0002, epoch-0003-step-00012\.$/m,
    ],
    [['net', '--what', '../../net'], 1, /has no checkpoint "\.\.\/\.\.\/net"/],
    [['net', '--out', '.sfp', '--force'], 1, /^\.sfp is a folder/],
    [['net', '--out', 'none/w.safetensors'], 1, /^The folder of none\/w\.safetensors is not there/],
    [['net', '--format', 'pickle'], 2, /safetensors, onnx, tfjs/],
  ])('answers %j with exit code %i and one sentence', async (args, expected, sentence) => {
    await train();
    const { code, stdout, stderr } = await sfp(...args);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.skipIf(process.platform === 'win32')('replaces nothing that is no file, nor what a link leads to', async () => {
    await train();
    await writeFile(join(project, 'elsewhere'), 'mine');
    await symlink('elsewhere', join(project, 'link'));
    await symlink('nowhere', join(project, 'dangling'));
    for (const name of ['/dev/null', 'link', 'dangling'])
      for (const force of [[], ['--force']]) {
        const { code, stderr } = await sfp('net', '--out', name, ...force);
        expect([code, stderr]).toEqual([
          1,
          `${name} is no file that could be replaced; name another one with --out.\n`,
        ]);
      }
    expect(await readFile(join(project, 'elsewhere'), 'utf8')).toBe('mine');
    expect(await readlink(join(project, 'link'))).toBe('elsewhere');
    expect((await readdir(project)).sort()).toEqual(['.sfp', 'dangling', 'elsewhere', 'link']);
  });

  it('says that a run of an older version keeps no initial weights, and that a new one has no checkpoint yet', async () => {
    expect((await sfp('net')).stderr).toMatch(/has no checkpoint; the first one is written when training begins\.$/m);
    await new Checkpoints(run).save(content(0, 0.5, true));
    const { code, stderr } = await sfp('net', '--what', 'initial');
    expect(code).toBe(1);
    expect(stderr).toMatch(/has no checkpoint "initial"; those that are there: epoch-0000 \(best\)\.$/m);
  });

  it('refuses a damaged checkpoint by name', async () => {
    await train();
    const folder = join(run, 'checkpoints', 'epoch-0002');
    await writeFile(join(folder, 'weights.safetensors'), 'something else');
    expect((await sfp('net', '--what', 'epoch-2')).stderr).toMatch(
      /epoch-0002.*weights\.safetensors is damaged.* `sfp resume \S+-net-\w+` lets the run go on from what is whole\.$/m,
    );
    await writeFile(join(folder, 'manifest.json'), '{');
    const { code, stderr } = await sfp('net', '--what', 'epoch-2');
    expect(code).toBe(1);
    expect(stderr).toMatch(/epoch-0002.*manifest\.json is damaged/);
    expect((await sfp('net')).stderr).toMatch(/epoch-0002.*manifest\.json is damaged/);
    expect((await sfp('net', '--what', 'final')).code).toBe(0);
  });
});
