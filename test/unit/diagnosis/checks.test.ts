import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetFindings } from '../../../src/diagnosis/datasets';
import { diskFindings } from '../../../src/diagnosis/disk';
import { engineFindings } from '../../../src/diagnosis/engines';
import { gpuFindings } from '../../../src/diagnosis/gpu';
import { lockFindings } from '../../../src/diagnosis/locks';
import { nodeFindings } from '../../../src/diagnosis/nodeVersion';
import { permissionFindings } from '../../../src/diagnosis/permissions';
import { runFindings } from '../../../src/diagnosis/recentRuns';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { newRunFolder } from '../../fixtures/runFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeRun } from '../../fixtures/writeRun';

const { signal } = new AbortController();

describe('Node', () => {
  it.each(['20.19.0', '20.19.1', '22.0.0'])('%s is new enough', (version) => {
    expect(nodeFindings(version)).toMatchObject([{ verdict: 'good' }]);
  });
  it.each(['20.18.9', '18.20.0'])('%s is a problem that says what to install', (version) => {
    expect(nodeFindings(version)).toMatchObject([{ verdict: 'problem', remedy: 'Install Node 20.19 or newer.' }]);
  });
});

describe('engines', () => {
  const candidates = [
    { id: 'tensorflow/gpu', title: 'tensorflow on the GPU', available: false, reason: 'Not set up.' },
    { id: 'tensorflow/cpu', title: 'tensorflow on the CPU', available: true, reason: 'Set up.' },
    { id: 'onnxruntime/cpu', title: 'onnxruntime on the CPU', available: true, reason: 'Comes along.' },
  ];
  const found = () => Promise.resolve(candidates);
  const place = { cache: '/cache', signal };

  it('are tried, and tell their versions or why they do not work', async () => {
    const check = (id: string) =>
      id === 'onnxruntime/cpu'
        ? Promise.resolve({ onnxruntime: '1.2', node: '20' })
        : Promise.reject(new Error('libfoo.so is missing.'));
    expect(await engineFindings(place, check, found)).toEqual([
      { verdict: 'good', what: 'onnxruntime on the CPU trains rightly (onnxruntime 1.2, node 20).', remedy: null },
      { verdict: 'absent', what: 'tensorflow on the GPU is not used. Not set up.', remedy: null },
      {
        verdict: 'remark',
        what: 'tensorflow on the CPU does not work: libfoo.so is missing.',
        remedy: expect.stringContaining('sfp engines setup --force') as string,
      },
    ]);
  });

  it('are a problem without onnxruntime, and no other is loaded then', async () => {
    const check = () => Promise.reject(new Error('its process was ended by SIGILL without a word'));
    const [finding, ...others] = await engineFindings(place, check, () => {
      throw new Error('It was asked for others.');
    });
    expect(finding?.verdict).toBe('problem');
    expect(finding?.what).toContain('SIGILL');
    expect(others).toEqual([]);
  });

  it('that are cancelled are not said to be broken', async () => {
    const cancelled = AbortSignal.abort(new Error('Stopped.'));
    const check = () => Promise.reject(new Error('killed'));
    await expect(engineFindings({ cache: '/cache', signal: cancelled }, check, found)).rejects.toThrow('Stopped.');
  });
});

describe('a GPU', () => {
  const gpu = { name: 'NVIDIA L4', driver: '550.1', computeCapability: 8.9 };
  it('that TensorFlow is not set up for is worth a remark', async () => {
    const cache = temporaryFolder();
    expect(await gpuFindings({ cache }, () => Promise.resolve(gpu))).toEqual([
      {
        verdict: 'remark',
        what: 'NVIDIA L4, driver 550.1, compute capability 8.9.',
        remedy: expect.stringContaining('sfp engines setup --gpu') as string,
      },
    ]);
  });
  it('is not needed', async () => {
    expect(await gpuFindings({ cache: '/cache' }, () => Promise.resolve(null))).toMatchObject([{ verdict: 'absent' }]);
  });
});

describe('disks', () => {
  it.each([
    [50e6, 'problem'],
    [1e9, 'remark'],
    [50e9, 'good'],
  ])('with %d bytes free are a %s', async (free, verdict) => {
    const folder = temporaryFolder();
    const place = { runsFolder: join(folder, 'not', 'yet'), cache: folder };
    const asked: string[] = [];
    const findings = await diskFindings(place, (path) => {
      asked.push(path);
      return Promise.resolve(free);
    });
    expect(findings.map((finding) => finding.verdict)).toEqual([verdict, verdict]);
    // A folder that is not there yet has the room of the one that it will be in.
    expect(asked).toEqual([folder, folder]);
  });
});

describe('data sets', () => {
  it('are good, not there yet, or damaged with the command that mends them', async () => {
    const states = { cifar10: 'damaged', cifar100: 'good', mnist: 'missing', 'fashion-mnist': 'good' } as const;
    expect(await datasetFindings({ cache: '/cache' }, (name) => Promise.resolve(states[name]))).toEqual([
      {
        verdict: 'remark',
        what: 'CIFAR-10 is damaged in the cache.',
        remedy: '`sfp data get cifar10` makes it again.',
      },
      { verdict: 'good', what: 'CIFAR-100 is in the cache, verified to the last byte.', remedy: null },
      { verdict: 'absent', what: expect.stringMatching(/^MNIST is not in the cache/) as string, remedy: null },
      { verdict: 'good', what: 'Fashion-MNIST is in the cache, verified to the last byte.', remedy: null },
    ]);
  });

  it('are looked at without being fetched', async () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, 'datasets', 'mnist'), { recursive: true });
    writeFileSync(join(cache, 'datasets', 'mnist', 'images.bin'), 'SFPDATA\n and no images');
    expect((await datasetFindings({ cache })).map(({ verdict }) => verdict)).toEqual([
      'absent',
      'absent',
      'remark',
      'absent',
    ]);
  });
});

describe('permissions', () => {
  const isRoot = process.getuid?.() === 0;

  it('are good where both folders can be written, and nothing is left behind', async () => {
    const cache = temporaryFolder();
    expect(await permissionFindings({ runsFolder: join(cache, '.sfp', 'runs'), cache })).toEqual([
      { verdict: 'good', what: 'The folder of the runs is not there yet and can be made.', remedy: null },
      { verdict: 'good', what: 'The cache can be written.', remedy: null },
    ]);
    expect(await readdir(cache)).toEqual([]);
  });

  it('are a problem where a file is in the way', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'runs'), '');
    const [runs] = await permissionFindings({ runsFolder: join(folder, 'runs'), cache: folder });
    expect(runs?.verdict).toBe('problem');
    expect(runs?.what).toContain(join(folder, 'runs'));
  });

  it.skipIf(isRoot || process.platform === 'win32')('are a problem where writing is forbidden', async () => {
    const folder = temporaryFolder();
    await chmod(folder, 0o500);
    const [, cache] = await permissionFindings({ runsFolder: folder, cache: folder });
    expect(cache).toMatchObject({ verdict: 'problem', what: expect.stringContaining('SFP_LAB_CACHE') as string });
  });
});

describe('locks', () => {
  it('of the cache are told apart: of a process at work, and left by one that ended', async () => {
    const cache = temporaryFolder();
    const [held, left] = [join(cache, 'datasets', 'cifar10', 'images.bin.lock'), join(cache, 'engines', 'setup.lock')];
    for (const lock of [held, left]) mkdirSync(lock, { recursive: true });
    utimesSync(left, 1, 1);
    const texts = (await lockFindings({ runsFolder: join(cache, 'runs'), cache })).map(({ what }) =>
      what.replaceAll('\\', '/'),
    );
    expect(texts).toEqual([
      'No run is being trained.',
      'A process that ended has left its lock on engines/setup in the cache.',
      'Another process is at work on datasets/cifar10/images.bin in the cache.',
    ]);
  });

  it('are none where there is nothing yet', async () => {
    const none = join(temporaryFolder(), 'none');
    expect(await lockFindings({ runsFolder: none, cache: none })).toMatchObject([
      { verdict: 'good' },
      { verdict: 'good', what: 'Nothing in the cache is locked.' },
    ]);
  });

  it('of runs are those of their trainers', async () => {
    const runsFolder = temporaryFolder();
    const id = basename(await newRunFolder({}, runsFolder));
    const [trained] = await lockFindings({ runsFolder, cache: join(runsFolder, 'none') });
    expect(trained).toEqual({ verdict: 'good', what: `Being trained, or about to be: ${id}.`, remedy: null });
  });
});

describe('recent runs', () => {
  it('that failed, were lost or are damaged tell why and what to do', async () => {
    const runsFolder = temporaryFolder();
    const failed = await writeRun(runsFolder, plausibleRun({ name: 'failing', state: 'failed' }));
    const lost = await writeRun(runsFolder, plausibleRun({ name: 'vanished', state: 'lost' }));
    await writeRun(runsFolder, plausibleRun({ name: 'well', state: 'finished' }));
    const manifest = JSON.parse(readFileSync(join(lost, 'run.json'), 'utf8')) as object;
    writeFileSync(join(lost, 'run.json'), JSON.stringify({ ...manifest, status: 'running', process: null }));
    writeFileSync(join(lost, 'trainer.log'), 'one\nFatal error: out of memory\n');
    mkdirSync(join(runsFolder, 'empty'));
    const findings = await runFindings({ runsFolder });
    const text = JSON.stringify(findings);
    expect(findings).toHaveLength(3);
    expect(text).toContain('The run empty cannot be read');
    expect(text).toContain(`\`sfp resume ${basename(failed)}\` goes on from its newest checkpoint`);
    expect(text).toContain('its log ends with “Fatal error: out of memory”');
    expect(findings.every(({ verdict }) => verdict === 'remark')).toBe(true);
  });

  it('are told of five at most', async () => {
    const runsFolder = temporaryFolder();
    for (let index = 0; index < 7; index++) mkdirSync(join(runsFolder, `empty${index}`));
    const findings = await runFindings({ runsFolder });
    expect(findings).toHaveLength(6);
    expect(findings.at(-1)?.what).toBe('2 older runs failed, too.');
  });
});
