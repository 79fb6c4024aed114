import type { Browser } from 'playwright-core';
import { dashboardKind } from '../../src/extension/views/panelKinds';
import { RunsPanels } from '../../src/extension/views/runsPanels';
import { opened as panels, ViewColumn, type FakePanel } from '../../test/fixtures/fakePanels';
import { longHistory } from '../../test/fixtures/longHistory';
import { FakePageContext } from '../../test/fixtures/pageContext';
import { firstFilters } from './measures';

/** As many records as the host keeps of a ResNet-20. */
const recorded = 7000;

/** A dashboard of a run that is far too long, of which no task may freeze the page. */
export async function longDashboard(browser: Browser): Promise<Record<string, number>> {
  const history = longHistory({ prunings: 50_000, recorded, name: 'long' });
  const { manifest, status } = history;
  const fake = new FakePageContext([manifest.id], process.cwd());
  fake.read(history, { id: manifest.id, manifest, status, events: [], records: [] });
  const open = (): FakePanel => {
    new RunsPanels(dashboardKind, fake.context).open([manifest.id], ViewColumn.Active);
    return panels.at(-1)!;
  };
  return firstFilters(browser, { open });
}
