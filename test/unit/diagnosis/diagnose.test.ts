import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/diagnose';
import { absent, good, problem, remark, type SubjectFinding } from '../../../src/diagnosis/finding';
import { canTrain, reportText } from '../../../src/diagnosis/report';

const checks = {
  node: () => [good('Node 20.')],
  engines: () => {
    throw new Error(`${homedir()}/x is broken`);
  },
  gpu: () => [absent('No GPU.')],
  disk: () => [remark('Little room.', `Empty ${homedir()}/.cache.`)],
  data: () => [],
  permissions: () => [problem('Nothing can be written.', 'Do something.')],
  locks: () => [],
  runs: () => [good('No run has failed.')],
};

async function findings(signal = new AbortController().signal): Promise<SubjectFinding[]> {
  const found: SubjectFinding[] = [];
  for await (const finding of diagnose({ runsFolder: '/runs', cache: '/cache', signal }, checks)) found.push(finding);
  return found;
}

it('a check that fails is a problem of its own, the others go on, and no path of home is told', async () => {
  const found = await findings();
  expect(canTrain(found)).toBe(false);
  expect(reportText('SFP Lab', found)).toBe(
    [
      'SFP Lab',
      '',
      'node         ok       Node 20.',
      'engines      PROBLEM  ~/x is broken',
      'gpu          -        No GPU.',
      'disk         note     Little room.',
      '                      Empty ~/.cache.',
      'permissions  PROBLEM  Nothing can be written.',
      '                      Do something.',
      'runs         ok       No run has failed.',
      '',
      '2 things keep networks from being trained here, and 1 to note.',
      '',
    ].join('\n'),
  );
});

it('a diagnosis that is cancelled ends with the reason', async () => {
  await expect(findings(AbortSignal.abort(new Error('Stopped.')))).rejects.toThrow('Stopped.');
});
