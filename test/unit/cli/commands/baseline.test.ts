import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { compactRun } from '../../../../src/analysis/compactRun';
import { baseline } from '../../../../src/cli/commands/baseline';
import { startTraining } from '../../../../src/cli/trainingRuns';
import { readBaselines } from '../../../../src/runs/folder/baselines';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { narrowCifarNet } from '../../../fixtures/compactNetwork';
import { writeCertificate } from '../../../fixtures/plausibleCertificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { newRunFolder } from '../../../fixtures/runFolder';

vi.mock('../../../../src/analysis/compactRun');
vi.mock('../../../../src/cli/trainingRuns');

const compacting = vi.mocked(compactRun);
let run: string;

beforeEach(async () => {
  run = await newRunFolder();
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.mocked(startTraining).mockResolvedValue(1);
  compacting.mockReset().mockImplementation(async (folder) => {
    const { certificate } = plausibleRun({ epochs: 3, certificate: {} }).history;
    await writeCertificate(folder, certificate);
    await writeFile(join(folder, 'compact', 'network.json'), JSON.stringify(narrowCifarNet));
    return certificate!;
  });
});

async function kindsAfter(kind: readonly ('dense' | 'narrow')[]): Promise<string[]> {
  await baseline(run, { kind, runs: dirname(run) });
  return (await readBaselines(run, (await readManifest(run)).id)).map(({ baseline: of }) => of.kind);
}

describe('the narrow baseline', () => {
  test('has the run compacted first', async () => {
    expect(await kindsAfter(['narrow'])).toEqual(['narrow']);
    expect(compacting).toHaveBeenCalledExactlyOnceWith(run, expect.anything());
  });

  test('takes the compact network that is there', async () => {
    await kindsAfter(['narrow']);
    await baseline(run, { kind: ['narrow'], again: true, runs: dirname(run) });
    expect(compacting).toHaveBeenCalledOnce();
  });

  test('is not trained when compacting fails', async () => {
    compacting.mockRejectedValue(new Error('no checkpoint'));
    await expect(kindsAfter(['narrow'])).rejects.toThrow('no checkpoint');
    expect(await kindsAfter([])).toEqual([]);
  });
});

test('the dense baseline needs no compact network', async () => {
  expect(await kindsAfter(['dense'])).toEqual(['dense']);
  expect(compacting).not.toHaveBeenCalled();
});
