import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { thisProcess } from '../../src/base/processes';
import { certificateSchema } from '../../src/runs/model/certificate';
import { isEqual } from '../../src/runs/model/certificateFindings';
import { fileNames, type RunManifest } from '../../src/runs/model/format';
import { buildProgram, runScript } from '../fixtures/builtProgram';
import { commandLine } from '../fixtures/commandLine';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

const line = commandLine();
const { sfp } = line;
let run: string;

/** A trained run that nothing was made of yet. */
beforeAll(async () => {
  await ensureDataset('cifar10');
  const training = { ...smallConfig.training, epochs: 1 };
  run = await createSmallRun(
    join(line.folder, '.sfp', 'runs'),
    { data: { limit: 128, validation: 64 }, training },
    'net',
  );
  expect((await runScript((await buildProgram()).bareTrainer, [run])).code).toBe(0);
});

const certificateText = (): Promise<string> => readFile(join(run, 'compact', 'certificate.json'), 'utf8');

async function withManifest(change: Partial<RunManifest>, act: () => Promise<void>): Promise<void> {
  const file = join(run, fileNames.run);
  const before = await readFile(file, 'utf8');
  await writeFile(file, JSON.stringify({ ...(JSON.parse(before) as RunManifest), ...change }));
  await act().finally(() => writeFile(file, before));
}

describe('sfp compact', () => {
  it('leaves nothing behind when it is stopped', async () => {
    let asked = false;
    const { code, stderr } = await sfp(['compact', 'net', '--json', '--progress'], {
      onOutput: (output, kill) => {
        if (asked || !output.includes('comparing the logits')) return;
        asked = true;
        kill('SIGINT');
      },
    });
    expect([code, stderr]).toEqual([130, 'Stopped; the compact network is as it was before.\n']);
    await expect(certificateText()).rejects.toThrow('ENOENT');
  });

  it('prints the certificate as JSON, which is that in the run folder', async () => {
    const { code, stdout, stderr } = await sfp(['compact', 'net', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const printed = JSON.parse(stdout) as { equality: object };
    const certificate = certificateSchema.parse(printed);
    expect(JSON.parse(await certificateText())).toEqual(printed);
    expect(Object.keys(printed.equality)).toEqual(['images', 'largestDifference', 'logitsRange']);
    expect(certificate).toMatchObject({ equality: { images: 128 }, testImages: 10_000 });
    expect(isEqual(certificate)).toBe(true);
    // Of 128 images a fraction that the network itself gave, the same for both.
    expect((certificate.accuracy.masked * 128) % 1).toBe(0);
    expect(certificate.accuracy.compact).toBe(certificate.accuracy.masked);
    expect(certificate.multiplyAdds.built).toBeLessThan(certificate.multiplyAdds.dense);
    expect(certificate.bytes.compact).toBeLessThan(certificate.bytes.masked);
    const cases = certificate.latency?.measured.map(({ batch, threads }) => [batch, threads]);
    if (cases) expect(cases.slice(0, 2)).toEqual([[1, 1], [64, 1]]); // prettier-ignore
    expect(certificate.lost.filter(({ kind }) => kind === 'added').length).toBeGreaterThan(0);
  });

  it('prints it as a table, with where the rest went', async () => {
    const { code, stdout, stderr } = await sfp(['compact', 'net']);
    expect(code).toBe(0);
    expect(stderr).toContain('measuring the masked and the compact network …');
    expect(stdout).toMatch(
      /^logits +differ by at most \S+ in a range of \S+, on 128 of 10,000 test images \(data\.limit\)\n/,
    );
    expect(stdout).toMatch(/\n(1 image, 1 thread +[\d.]+ ms to|time +not measured, as other programs)/);
    expect(stdout).toMatch(/Where the rest of the saving went:\n {2}/);
    expect(stdout).toMatch(/\nThe compact network is the masked one\. Everything is in \.sfp\/runs\/\S+\/compact\.\n$/);
  });

  it('leaves a run alone that still trains, and keeps what is there', async () => {
    const before = await certificateText();
    await withManifest({ status: 'running', process: await thisProcess() }, async () => {
      const { code, stdout, stderr } = await sfp(['compact', 'net', '--json']);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^The run \S+ is not done; compact it when it has finished, or stop it first\.\n$/);
    });
    expect(await certificateText()).toBe(before);
  });

  it('says in a sentence that there are no checkpoints, and keeps what is there', async () => {
    const before = await certificateText();
    await rm(join(run, 'checkpoints'), { recursive: true });
    const { code, stderr } = await sfp(['compact', 'net']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[^\n]*checkpoint[^\n]*\n$/);
    expect(await certificateText()).toBe(before);
  });
});
