import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLineWithRuns } from '../../../fixtures/commandLine';

const line = commandLineWithRuns();

describe('sfp doctor', () => {
  it('finds that networks can be trained here, engines tried, and ends with 0', async () => {
    const env = { SFP_LAB_CACHE: join(line.folder, 'cache') };
    const { code, stdout, stderr } = await line.sfp(['doctor'], { env });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^SFP Lab \d+\.\d+\.\d+, /);
    expect(stdout).toMatch(/^node +ok +Node \d/m);
    expect(stdout).toMatch(/^engines +ok +onnxruntime on the CPU trains rightly \(onnxruntime-node \d/m);
    expect(stdout).toMatch(/^data +- +CIFAR-10 is not in the cache/m);
    expect(stdout).toMatch(/^runs +ok +No run has failed\.$/m);
    expect(stdout).toMatch(/\n\nNothing keeps networks from being trained here.*\n$/);
  });

  it('ends with 1 where the cache cannot be written, and says so in JSON with the text to copy', async () => {
    await writeFile(join(line.folder, 'file'), '');
    const env = { SFP_LAB_CACHE: join(line.folder, 'file', 'cache') };
    const { code, stdout } = await line.sfp(['doctor', '--json'], { env });
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as { canTrain: boolean; text: string; findings: { verdict: string }[] };
    expect(report.canTrain).toBe(false);
    expect(report.text).toMatch(/^permissions +PROBLEM +The cache folder .*SFP_LAB_CACHE\.$/m);
    expect(report.findings.some(({ verdict }) => verdict === 'problem')).toBe(true);
  });

  it('names neither the home folder nor what the environment keeps secret, even where a run does', async () => {
    const home = join(line.folder, 'home-of-ada');
    const runs = join(home, 'runs', 'token-s3cr3t-value');
    await mkdir(runs, { recursive: true });
    const env = { HOME: home, USERPROFILE: home, SFP_LAB_CACHE: join(home, 'cache'), MY_TOKEN: 's3cr3t-value' };
    const { stdout } = await line.sfp(['doctor', '--json', '--runs', join(home, 'runs')], { env });
    expect(stdout).toContain('The run token-*** cannot be read');
    expect(stdout).toContain('~');
    expect(stdout).not.toContain(home);
    expect(stdout).not.toContain('s3cr3t');
  });
});
