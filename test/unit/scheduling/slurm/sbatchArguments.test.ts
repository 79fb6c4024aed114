import { describe, expect, it } from 'vitest';
import { defaultProfile } from '../../../../src/scheduling/slurm/profile';
import { sbatchArguments } from '../../../../src/scheduling/slurm/sbatchArguments';

const subject = { id: 'job-1', folder: '/runs of %a/.slurm/job-1', tasks: 24 };

describe('the arguments of sbatch', () => {
  it('say only what the profile says', () => {
    expect(sbatchArguments({ ...subject, profile: defaultProfile })).toEqual([
      ...[
        '--parsable',
        '--job-name=job-1',
        '--array=0-23',
        '--chdir=/runs of %a/.slurm/job-1',
        '--output=output/%a.log',
      ],
      ...['--open-mode=append', '--requeue', '--signal=B:TERM@120'],
    ]);
  });

  it('are one text each, whatever is in them', () => {
    const profile = {
      ...defaultProfile,
      maxParallel: 8,
      account: 'a b; c',
      cpus: 4,
      memory: '8G',
      time: '1:00:00',
      gres: 'gpu:1',
      options: ['--exclusive'],
    };
    expect(sbatchArguments({ ...subject, profile }).slice(2)).toEqual([
      ...[
        '--array=0-23%8',
        '--chdir=/runs of %a/.slurm/job-1',
        '--output=output/%a.log',
        '--open-mode=append',
        '--requeue',
      ],
      ...[
        '--signal=B:TERM@120',
        '--account=a b; c',
        '--time=1:00:00',
        '--gres=gpu:1',
        '--cpus-per-task=4',
        '--mem=8G',
        '--exclusive',
      ],
    ]);
  });

  it('have nothing in them that cannot be seen', () => {
    expect(() => sbatchArguments({ ...subject, profile: { ...defaultProfile, account: 'a\nb' } })).toThrow(
      /cannot be seen: --account=a\\nb/,
    );
  });
});
