import { describe, expect, it } from 'vitest';
import {
  indicesOf,
  parseAccountText,
  parseQueueJson,
  parseQueueText,
} from '../../../../src/scheduling/slurm/queueStates';

const seven = { job: '7', submission: 'job' };

/** As Slurm 22.05 printed it. */
const queueText = `7|0|RUNNING|job|node1|None
7|1|COMPLETED|job|node1|None
7|2|PENDING|job||JobArrayTaskLimit
7|3|PENDING|job||ReqNodeNotAvail, Reserved for maintenance|soon
70|0|RUNNING|job|node1|None
8|N/A|RUNNING|job|node2|None
`;

describe('the states of a job array', () => {
  it('are read from the text of squeue', () => {
    expect([...parseQueueText(queueText, seven)]).toEqual([
      [0, { state: 'RUNNING', reason: null, nodes: 'node1' }],
      [1, { state: 'COMPLETED', reason: null, nodes: 'node1' }],
      [2, { state: 'PENDING', reason: 'JobArrayTaskLimit', nodes: null }],
      [3, { state: 'PENDING', reason: 'ReqNodeNotAvail, Reserved for maintenance|soon', nodes: null }],
    ]);
    expect(parseQueueText('slurm_load_jobs error: Invalid job id specified', seven).size).toBe(0);
  });

  it('are read from the JSON of Slurm 22.05, where all jobs of the cluster stand in it', () => {
    const job = (job_state: string, task: number | null, array_task_string: string, array_job_id = 7) => ({
      ...{
        array_job_id,
        array_task_id: task,
        array_task_string,
        job_state,
        name: 'job',
        nodes: '',
        state_reason: 'None',
      },
    });
    const jobs = [job('RUNNING', 0, ''), job('PENDING', null, '2-4,7%2'), job('RUNNING', 1, '', 8)];
    const states = parseQueueJson(JSON.stringify({ meta: {}, errors: [], jobs }), seven);
    expect([...states!].map(([index, { state }]) => [index, state])).toEqual([
      [0, 'RUNNING'],
      ...[2, 3, 4, 7].map((index) => [index, 'PENDING']),
    ]);
  });

  it('are read from the JSON of newer versions, where numbers are objects and states have flags', () => {
    const number = (value: number) => ({ set: true, infinite: false, number: value });
    const jobs = [
      {
        array_job_id: number(7),
        name: 'job',
        array_task_id: number(3),
        array_task_string: '',
        job_state: ['RUNNING', 'COMPLETING'],
        nodes: 'n1',
        state_reason: 'None',
      },
      {
        array_job_id: number(7),
        name: 'job',
        array_task_id: { ...number(0), set: false },
        array_task_string: '5-6',
        job_state: ['PENDING'],
        nodes: '',
        state_reason: 'Priority',
      },
    ];
    expect([...parseQueueJson(JSON.stringify({ jobs }), seven)!]).toEqual([
      [3, { state: 'COMPLETING', reason: null, nodes: 'n1' }],
      [5, { state: 'PENDING', reason: 'Priority', nodes: null }],
      [6, { state: 'PENDING', reason: 'Priority', nodes: null }],
    ]);
  });

  it.each(['', 'squeue: unrecognized option --json', '{}', '{"jobs":[{"array_job_id":"?"}]}'])(
    'are not guessed from %j',
    (text) => {
      expect(parseQueueJson(text, seven)).toBeNull();
    },
  );

  it('are read from the accounts, the newest of a task that was put back last', () => {
    const text =
      '7_0|TIMEOUT|job|node1|None\n7_0|COMPLETED|job|node2|None\n7_1|CANCELLED by 0|job|None assigned|None\n7_[2-3%1]|PENDING|job|None assigned|Priority\n70_0|FAILED|job|n|None\n';
    expect([...parseAccountText(text, seven)]).toEqual([
      [0, { state: 'COMPLETED', reason: null, nodes: 'node2' }],
      [1, { state: 'CANCELLED', reason: null, nodes: null }],
      [2, { state: 'PENDING', reason: 'Priority', nodes: null }],
      [3, { state: 'PENDING', reason: 'Priority', nodes: null }],
    ]);
  });

  it('have indices of every form, and take no memory for those of a broken answer', () => {
    expect(indicesOf('0,2-5,8-20:4%2')).toEqual([0, 2, 3, 4, 5, 8, 12, 16, 20]);
    expect(indicesOf('5-2,x,-1,9999999999')).toEqual([]);
    expect(indicesOf(Array.from({ length: 1000 }, () => '0-9999999').join(','))).toHaveLength(100_000);
  });

  it('of another job that has the number of ours are none', () => {
    expect(parseQueueText('7|0|RUNNING|theirs|n|None', seven).size).toBe(0);
    expect(parseAccountText('7_0|RUNNING|theirs|n|None', seven).size).toBe(0);
    const jobs = [{ array_job_id: 7, array_task_id: 0, name: 'theirs', job_state: 'RUNNING' }];
    expect(parseQueueJson(JSON.stringify({ jobs }), seven)?.size).toBe(0);
  });

  it('hide nothing that a terminal would obey', () => {
    expect(parseQueueText('7|0|PENDING|job||\u001b[2J', seven).get(0)?.reason).toBe('\\u001b[2J');
  });
});
