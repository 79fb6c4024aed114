import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFindings } from '../../../src/diagnosis/recentRuns';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeRun } from '../../fixtures/writeRun';

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
