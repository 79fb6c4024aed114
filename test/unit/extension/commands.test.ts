import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Commands, type CommandContext } from '../../../src/extension/commands';
import { call, questions, reset, ViewColumn } from '../../fixtures/fakePanels';

vi.mock('vscode', () => import('../../fixtures/fakePanels'));
const report = vi.hoisted(() => vi.fn());
vi.mock('../../../src/extension/runs/reportRuns', () => ({ reportRuns: report }));

function run(experiment: string, name: string, created: string) {
  return {
    id: `${experiment}-${name}`,
    folder: `/runs/${experiment}-${name}`,
    experiment,
    name,
    created,
    status: 'finished',
  };
}
const runs = [
  run('alpha', 'l1', '2026-01-03T10:00:00Z'),
  run('alpha', 'l2', '2026-01-03T10:00:01Z'),
  run('beta', 'l1', '2026-01-02T10:00:00Z'),
];

let selection: string[];
let commands: Commands;
const open = vi.fn();
const compare = vi.fn();
const reveal = vi.fn();
beforeEach(() => {
  reset();
  reveal.mockClear();
  open.mockClear();
  compare.mockClear();
  report.mockClear();
  selection = [];
  const list = { runs, ready: Promise.resolve(), find: (id: string) => runs.find((other) => other.id === id) };
  const context = {
    list,
    problems: { guard: (act: () => unknown) => act() },
    tree: {
      get selection() {
        return selection;
      },
    },
    dashboards: { open },
    comparisons: { open: compare },
    layers: { reveal },
  };
  commands = new Commands(context as unknown as CommandContext);
});
afterEach(() => {
  commands.dispose();
});

describe('Open dashboard', () => {
  it('takes from the palette the run that is selected in the Runs view, without a question', async () => {
    selection = ['beta-l1'];
    await call('sfpLab.openDashboard');
    expect(open).toHaveBeenCalledExactlyOnceWith(['beta-l1'], ViewColumn.Beside);
    expect(questions).toEqual([]);
  });

  it('shows with a run what was started with it', async () => {
    selection = ['alpha-l2'];
    await call('sfpLab.openDashboard');
    expect(open).toHaveBeenCalledExactlyOnceWith(['alpha-l1', 'alpha-l2'], ViewColumn.Beside);
  });

  it('asks when nothing is selected', async () => {
    await call('sfpLab.openDashboard');
    expect(questions).toEqual(['Which experiment?']);
    expect(open).toHaveBeenCalledExactlyOnceWith(['alpha-l1', 'alpha-l2'], ViewColumn.Beside);
  });

  it('asks when what is selected is not there any more', async () => {
    selection = ['deleted'];
    await call('sfpLab.openDashboard');
    expect(questions).toEqual(['Which experiment?']);
  });

  it('takes the run it is called for, whatever is selected', async () => {
    selection = ['alpha-l1'];
    await call('sfpLab.openDashboard', 'beta-l1');
    expect(open).toHaveBeenCalledExactlyOnceWith(['beta-l1'], ViewColumn.Beside);
  });
});

describe('Compare runs', () => {
  it('takes from the palette two or more that are selected, the one that was started first in front', async () => {
    selection = ['alpha-l2', 'beta-l1'];
    await call('sfpLab.compareRuns');
    expect(compare).toHaveBeenCalledExactlyOnceWith(['beta-l1', 'alpha-l2'], ViewColumn.Active);
    expect(questions).toEqual([]);
  });
});

describe('Write report of runs', () => {
  const reported = (): string[] => (report.mock.lastCall![0] as typeof runs).map(({ id }) => id);

  it('takes the runs that a comparison names, in their order, whatever is selected', async () => {
    selection = ['alpha-l1'];
    await call('sfpLab.reportRuns', ['beta-l1', 'alpha-l2', 'deleted']);
    expect(reported()).toEqual(['beta-l1', 'alpha-l2']);
  });

  it('takes from the palette what is selected in the Runs view, a single run too', async () => {
    selection = ['alpha-l2'];
    await call('sfpLab.reportRuns');
    expect(reported()).toEqual(['alpha-l2']);
    expect(questions).toEqual([]);
  });
});

describe('Show layer', () => {
  it('goes to a layer that a page names, and nowhere when it is called without one', async () => {
    await call('sfpLab.revealLayer', 'beta-l1', 'stem.conv');
    expect(reveal).toHaveBeenCalledExactlyOnceWith('beta-l1', 'stem.conv');
    await call('sfpLab.revealLayer');
    expect(reveal).toHaveBeenCalledOnce();
  });
});
