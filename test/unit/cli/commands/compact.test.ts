import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { compact } from '../../../../src/cli/commands/compact';
import type { Certificate } from '../../../../src/runs/model/certificate';
import { unequalSentence } from '../../../../src/runs/model/certificateFindings';
import type { CertificateOptions } from '../../../fixtures/plausibleCertificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';
import { writeRun } from '../../../fixtures/writeRun';

let certificate: Certificate;
vi.mock('../../../../src/analysis/compactRun', () => ({ compactRun: () => Promise.resolve(certificate) }));

let written: { stdout: string; stderr: string };
beforeEach(() => {
  written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function compacted(options: CertificateOptions, json = false): Promise<number> {
  const run = plausibleRun({ epochs: 3, certificate: options });
  certificate = run.history.certificate!;
  return compact(await writeRun(temporaryFolder(), run), { json });
}

test('a compact network that is the masked one is done, with where the rest of its saving went', async () => {
  expect(await compacted({})).toBe(0);
  expect(written.stderr).toBe('');
  expect(written.stdout).toMatch(/differ by at most 4\.8e-6 in a range of 31\.4, on all 10,000 test images\n/);
  expect(written.stdout).toMatch(/Where the rest of the saving went:\n {2}.* \([\d.]+ % of the dense FLOPs\)\n/);
  expect(written.stdout).toMatch(/What is counted explains \d+ % of the difference;/);
  expect(written.stdout).toContain('\nThe compact network is the masked one. Everything is in');
});

test.each([false, true])(
  'one that is not is a failure with a sentence, and its certificate is told (as JSON: %s)',
  async (json) => {
    expect(await compacted({ largestDifference: 1 }, json)).toBe(1);
    expect(written.stderr).toBe(`${unequalSentence}\n`);
    if (json) expect(JSON.parse(written.stdout)).toEqual(certificate);
    else expect(written.stdout).toContain('differ by at most 1.0e+0');
    expect(written.stdout).not.toContain('is the masked one');
  },
);

test('times that a busy machine left out say how to measure again', async () => {
  expect(await compacted({ measured: false })).toBe(0);
  expect(written.stdout).toContain(
    `not measured, as other programs kept the processor busy: \`sfp compact ${certificate.run}\``,
  );
});
