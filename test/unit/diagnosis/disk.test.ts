import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskFindings } from '../../../src/diagnosis/disk';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

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
