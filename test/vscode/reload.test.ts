import { describe, expect, it } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import type { ExperimentFolder } from './support/experimentFolder';
import { story } from './support/story';

const config = '{ "name": "resnet20", "sweep": { "pruning.criterion": ["l1", "l2"] } }\n';

async function addRuns(folder: ExperimentFolder): Promise<void> {
  for (const criterion of ['l1', 'l2'] as const)
    await folder.addRun(plausibleRun({ experiment: 'resnet20', criterion, state: 'finished' }), 'resnet20.sfp.json');
}

/**
 * Runs in every frame: the first webviews never hear that their service worker is there, as it happens in a browser when
 * another webview puts its own worker in the place of theirs at that moment. How many did is counted in the tab.
 */
function loseAnswers(webviews: number): void {
  if (!location.pathname.endsWith('/webview/browser/pre/index.html')) return;
  const count = Number(sessionStorage.getItem('answersLost') ?? 0);
  if (count >= webviews) return;
  sessionStorage.setItem('answersLost', String(count + 1));
  Object.defineProperty(ServiceWorker.prototype, 'postMessage', { value: () => undefined });
}

describe('Views side by side', () => {
  const scene = story({ files: { 'resnet20.sfp.json': config }, prepare: addRuns });

  /** A page that is made anew meanwhile is looked for again. */
  const expectAllViews = async (): Promise<void> => {
    const texts = {
      dashboard: '24 of 24 epochs',
      compare: 'pruning.criterion',
      layers: 'stage1.block1.conv1',
    } as const;
    for (const name of ['dashboard', 'compare', 'layers'] as const)
      await expect
        .poll(async () => (await scene.code.view(name)).getByText(texts[name]).first().isVisible(), { timeout: 60_000 })
        .toBe(true);
  };

  it('are opened from the palette for the runs that are selected, without a question', async () => {
    await scene.code.openFile('resnet20.sfp.json');
    await scene.code.showSideBar();
    await scene.code.run('resnet20-l2').first().click();
    await scene.code.run('resnet20-l1').click({ modifiers: ['Control'] });
    await scene.code.command('SFP Lab: Compare runs');
    await scene.code.view('compare');
    await scene.code.run('resnet20-l2').first().click();
    await scene.code.command('SFP Lab: Open dashboard');
    await expectAllViews();
  });

  it('all come back after the window is reloaded, and once again', async () => {
    for (let time = 0; time < 2; time++) {
      await scene.code.reload();
      await expectAllViews();
    }
  });

  it('are made anew where their webviews stay empty', async () => {
    await scene.code.page.context().addInitScript(loseAnswers, 3);
    await scene.code.reload();
    await expectAllViews();
    expect(await scene.code.page.evaluate(() => sessionStorage.getItem('answersLost'))).toBe('3');
    expect(
      await scene.code.page
        .locator('.tab')
        .filter({ hasText: /^resnet20$/ })
        .count(),
    ).toBe(1);
    await scene.code.screenshot('reload-made-anew');
  });

  it('ask which experiment is meant when no run is selected and there are two', async () => {
    const run = plausibleRun({ experiment: 'shallow', name: 'shallow-l1', state: 'finished' });
    await scene.folder.addRun(run, 'resnet20.sfp.json');
    await scene.code.run('shallow-l1').first().waitFor();
    await scene.code.command('SFP Lab: Open dashboard');
    const question = scene.code.page.locator('.quick-input-widget');
    for (const text of ['Which experiment?', 'shallow', '2 runs'])
      await question.getByText(text).or(question.getByPlaceholder(text)).first().waitFor();
    await scene.code.page.keyboard.press('Escape');
  });
});
