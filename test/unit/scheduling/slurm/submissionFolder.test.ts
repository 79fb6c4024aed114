import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createSubmission,
  outputFile,
  runOfTask,
  submissionId,
  submissionPath,
} from '../../../../src/scheduling/slurm/submissionFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

describe('the folder of a submission', () => {
  it('tells each task its run, wherever the runs are seen', async () => {
    const runs = temporaryFolder();
    const folder = submissionPath(runs, 'job');
    await createSubmission(folder, { script: '#!/bin/bash\n', runFolders: ['/elsewhere/run-a', '/elsewhere/run-b'] });
    expect(await runOfTask(folder, 1)).toBe(join(runs, 'run-b'));
    await expect(runOfTask(folder, 2)).rejects.toThrow(/has 2 runs, so none for task 2/);
    expect(readFileSync(join(folder, 'job.sh'), 'utf8')).toBe('#!/bin/bash\n');
    expect(outputFile(runs, 'job', 1)).toBe(join(folder, 'output', '1.log'));
  });

  it.each(['', '{}', '{"formatVersion":1,"runs":["../x"]}', '{"formatVersion":1,"runs":[".."]}'])(
    'of a list %j trains nothing',
    async (text) => {
      const runs = temporaryFolder();
      const folder = submissionPath(runs, 'job');
      await createSubmission(folder, { script: '', runFolders: ['/a'] });
      writeFileSync(join(folder, 'runs.json'), text);
      await expect(runOfTask(folder, 0)).rejects.toThrow(/runs\.json is damaged; submit the runs again/);
    },
  );

  it('has a name that goes into a pattern of files and into Slurm', () => {
    const id = submissionId('Größe %a/../x', new Date(0));
    expect(id).toMatch(/^19700101T000000Z-[\w.-]+-[0-9a-f]{6}$/);
  });
});
