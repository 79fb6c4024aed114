import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { startBrowserCode, writeSettings } from '../../../scripts/browserCode.mjs';
import { chromiumFlags } from '../../../scripts/chromium.mjs';
import type { PageName } from '../../../src/extension/views/webviewPage';
import { editQueue } from '../../../src/scheduling/queue/queueFile';

const screenshots = path.resolve(import.meta.dirname, '../../../artefacts/screenshots/vscode');

/** Longest that anything but training may take, on a slow and busy machine. */
const patience = 60_000;

export const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
} as const;
export type ThemeName = keyof typeof themes;

export interface VsCodeOptions {
  readonly folder: string;
  readonly chromium: string;
  readonly extensionsFolder: string;
  readonly theme?: ThemeName;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly workspaceTrust?: boolean;
  /** Added to the environment that the extension and its processes have. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A queue of its own, which trains one run after another: nothing is measured on a machine that tests. */
async function quietQueue(dataFolder: string): Promise<string> {
  const folder = path.join(dataFolder, 'queue');
  await editQueue(folder, (queue) => ({ ...queue, slots: { runs: 1, threads: null } }));
  return folder;
}

/** A real VS Code in a real browser, and what a user does with it. */
export class VsCode {
  /** What pages have complained about, such as something the content security policy denies. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly server: { readonly url: string; stop(): Promise<void> },
    private readonly dataFolder: string,
  ) {
    page.setDefaultTimeout(patience);
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async open(options: VsCodeOptions): Promise<VsCode> {
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-vscode-'));
    await writeSettings(dataFolder, {
      ...quiet,
      'workbench.colorTheme': themes[options.theme ?? 'dark'],
      ...options.settings,
    });
    const { folder, extensionsFolder, workspaceTrust = false, env = {} } = options;
    const queue = await quietQueue(dataFolder);
    const server = await startBrowserCode({
      ...{ folder, dataFolder, extensionsFolder, workspaceTrust },
      env: { SFP_LAB_QUEUE: queue, ...env },
    });
    const browser = await chromium.launch({ executablePath: options.chromium, args: chromiumFlags });
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const code = new VsCode(page, browser, server, dataFolder);
    await page.goto(server.url);
    await code.isReady();
    return code;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  /** Reloads the window as a user does, so that VS Code writes down first which tabs are open. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
    await this.isReady();
  }

  /** Runs a command by its title, from the palette. */
  async command(title: string): Promise<void> {
    await (await this.inPalette(title)).click();
  }

  /** The line of a command in the palette, which is opened. */
  async inPalette(title: string): Promise<Locator> {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press('F1');
    await input.waitFor();
    await input.fill(`>${title}`);
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<Locator> {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press('Control+p');
    await input.waitFor();
    await input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().click();
    const editor = this.page
      .locator(`.editor-instance[aria-label*="${name}"], .monaco-editor[data-uri$="${name}"]`)
      .first();
    await editor.waitFor();
    return editor;
  }

  /** Runs what the Explorer offers for a file in the folder, by its context menu. */
  async fromExplorer(file: string, title: string): Promise<void> {
    const line = this.page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: file });
    const command = this.page.getByRole('menuitem', { name: title });
    const deadline = Date.now() + patience;
    await line.click({ button: 'right' });
    // A menu that is opened while the window starts shows commands as not ready, and goes on to.
    while (!(await command.isEnabled()) && Date.now() < deadline) {
      await this.page.keyboard.press('Escape');
      await this.page.waitForTimeout(500);
      await line.click({ button: 'right' });
    }
    await command.click();
  }

  /** Shows the view container of SFP Lab in the side bar. */
  async showSideBar(): Promise<void> {
    const tab = this.page.locator('.activitybar .action-item', { has: this.page.locator('[aria-label^="SFP Lab"]') });
    if ((await tab.getAttribute('class'))?.includes('checked') !== true) await tab.click();
    await this.run().first().or(this.page.getByText('No run yet')).first().waitFor();
  }

  /** Lines of the Runs view: of the runs whose names begin like this, or of all. */
  run(name = ''): Locator {
    const runs = this.page.locator('.pane', { has: this.page.locator('[aria-label="Runs Section"]') });
    return runs.getByRole('treeitem', { name: new RegExp(`^${name}`) });
  }

  /** A notification that contains the text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text });
  }

  /** The button of a question in the middle of the window. */
  dialogButton(name: string): Locator {
    return this.page.locator('.monaco-dialog-box').getByRole('button', { name });
  }

  /** Takes a line of the list that is offered. */
  async choose(text: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first().click();
  }

  /** Does what is offered for the place of the cursor. */
  async quickFix(title: string): Promise<void> {
    const offer = this.page.locator('.action-widget').getByText(title, { exact: true });
    // Nothing is offered until the problem has been found.
    const deadline = Date.now() + patience;
    while (!(await offer.isVisible()) && Date.now() < deadline) {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('Control+.');
      await offer.waitFor({ timeout: 2000 }).catch(() => undefined);
    }
    // By keyboard: until the pointer moves, a pane keeps clicks from the list.
    const focused = this.page.locator('.action-widget .monaco-list-row.focused').filter({ hasText: title });
    await focused.waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** A button or remark above the text of the active editor. */
  lens(text: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration > *').filter({ hasText: text });
  }

  /** A line of the Problems view. */
  problem(text: string): Locator {
    return this.page.locator('.markers-panel').getByRole('treeitem').filter({ hasText: text });
  }

  statusBarItem(): Locator {
    return this.page.locator('.statusbar-item[id="sfp-lab.sfp-lab.sfpLab.run"]');
  }

  /** The page of a dashboard, of the Layers view or of a comparison; waits until it has something to show. */
  async view(name: PageName): Promise<Frame> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      for (const frame of this.page.frames()) {
        const isIt = await frame.evaluate(showsPage, name).catch(() => false);
        if (isIt) return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`The view ${name} did not show up.`);
  }

  /** Keeps a picture of the whole window for people to look at. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    // The pointer leaves no hover behind.
    await this.page.mouse.move(800, 2);
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: 'disabled' });
  }

  /** What can be told of the window in words, for the log of a machine whose pictures nobody sees. */
  async describe(): Promise<Record<string, string[]>> {
    const texts = (selector: string) => this.page.locator(selector).allInnerTexts();
    return {
      tabs: await texts('.tab'),
      lenses: await texts('.codelens-decoration'),
      notifications: await texts('.notification-list-item'),
      statusBar: await texts('.statusbar-item'),
      editor: (await texts('.view-lines')).map((text) => text.slice(0, 200)),
    };
  }

  private async isReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar .action-item').first().waitFor();
    await this.page.locator('.activitybar [aria-label^="SFP Lab"]').first().waitFor();
  }
}

/**
 * Runs in a page: whether it is the visible page of this name and shows what it was handed over. One that still waits for that
 * may be loaded again, and its frame is gone then.
 */
function showsPage(name: string): boolean {
  const isIt = document.documentElement.dataset.page === name;
  return isIt && window.innerWidth > 0 && document.querySelector('main:not([aria-busy])') !== null;
}

/** Nothing that comes by itself and stands in the way of a test. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'chat.commandCenter.enabled': false,
  'chat.agent.enabled': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'editor.minimap.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
};
