import { beforeEach, expect, test, vi } from 'vitest';
import type { ListedRun } from '../../../../src/extension/runs/runList';
import type { Certificate } from '../../../../src/runs/model/certificate';
import { extensionWith, listedRun } from '../../../fixtures/fakeExtension';
import { FakeVsCode } from '../../../fixtures/fakeVsCode';
import type { CertificateOptions } from '../../../fixtures/plausibleCertificate';
import { plausibleRun } from '../../../fixtures/plausibleRun';

const shown = new FakeVsCode();
vi.doMock('vscode', () => shown.module());
const { CommandLine } = await import('../../../../src/extension/commandLine');
const { compactRun, tellCompacted } = await import('../../../../src/extension/runs/compactRun');
beforeEach(() => {
  shown.reset();
});

const certified = (certificate: CertificateOptions = {}): Certificate =>
  plausibleRun({ epochs: 3, certificate }).history.certificate!;

/** Compacts a run with a script in the place of `sfp`. */
function compacted(script: string, run: ListedRun = listedRun()) {
  return compactRun(run, new CommandLine(extensionWith(script)));
}

test('the steps are shown, and the certificate is given', async () => {
  const certificate = certified();
  const run = listedRun();
  const found = await compacted(
    `if (process.argv.slice(2).join() !== ${JSON.stringify(`compact,${run.folder},--json,--progress`)}) process.exit(9);
    console.log(${JSON.stringify(JSON.stringify({ type: 'progress', step: 'measuring' }))});
    console.log(${JSON.stringify(JSON.stringify(certificate))});`,
    run,
  );
  expect(found).toEqual(certificate);
  expect(shown.progress).toEqual([{ title: `Compacting ${run.name}`, message: 'measuring' }]);
});

test('what the command complains of is an error, and so is its silence', async () => {
  const complaint = `process.stderr.write('The run has no checkpoint.'); process.exitCode = 1`;
  await expect(compacted(complaint)).rejects.toThrow(/^The run has no checkpoint\.$/);
  await expect(compacted('')).rejects.toThrow('gave no certificate');
});

test('a run that trains is left alone, and a workspace that is not trusted starts nothing', async () => {
  await expect(compacted('', listedRun('running'))).rejects.toThrow('is still training');
  shown.isTrusted = false;
  expect(await compacted(`throw new Error('started')`)).toBeNull();
  await expect.poll(() => shown.messages[0]?.text).toContain('needs a trusted workspace');
});

test('the result tells what is saved, and reveals it', async () => {
  const run = listedRun();
  shown.click = 'Reveal';
  tellCompacted(run, certified(), () => undefined);
  const [message] = shown.messages;
  expect(message?.kind).toBe('information');
  expect(message?.text).toMatch(
    /is compacted and equal .* It saves 3\d\.\d.% of the FLOPs and \d+\.\d.% of the time\.$/,
  );
  await expect.poll(() => shown.executed[0]?.command).toBe('revealFileInOS');
});

test('a busy machine is told, and measures again', async () => {
  const again = vi.fn();
  shown.click = 'Measure again';
  tellCompacted(listedRun(), certified({ measured: false }), again);
  expect(shown.messages[0]).toMatchObject({ kind: 'warning', buttons: ['Reveal', 'Measure again'] });
  await expect.poll(() => again.mock.calls.length).toBe(1);
});

test('a compact network that is not equal is an error; times that are missing are left out', () => {
  tellCompacted(listedRun(), certified({ largestDifference: 1 }), () => undefined);
  tellCompacted(listedRun(), certified({ measured: false }), () => undefined);
  expect(shown.messages[0]).toMatchObject({ kind: 'error' });
  expect(shown.messages[0]?.text).toContain('is NOT the masked one');
  expect(shown.messages[1]?.text).toMatch(/its times were not measured\. It saves [\d.]+.% of the FLOPs\.$/);
});
