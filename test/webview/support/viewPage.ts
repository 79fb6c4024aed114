import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../../scripts/chromium.mjs';
import type { HostMessage, RunsMessage, WebviewMessage } from '../../../src/protocol/messages';
import { packed } from '../../../src/protocol/packed/packedMessage';
import { themes, type ThemeFixture, type ThemeName } from './themes';
import { ViewServer } from './viewServer';

export type ViewName = 'dashboard' | 'compare' | 'layers' | 'network';

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
  /** What the view finds as kept: choices of its user. */
  readonly choices?: Readonly<Record<string, unknown>>;
}

const screenshots = path.resolve(import.meta.dirname, '../../../artefacts/screenshots/webview');

/** What the page has told its host, and the policy violations the browser has seen. */
interface Recorded {
  readonly messages: unknown[];
  readonly violations: string[];
}
declare global {
  interface Window {
    recorded: Recorded;
  }
}

/** A real browser with the built views in it. */
export class ViewBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly server: ViewServer,
  ) {}

  static async start(): Promise<ViewBrowser> {
    const { path: executablePath, tried } = await findChromium();
    if (!executablePath)
      throw new Error(`There is no Chromium (looked at ${tried.join('; ')}); set CHROMIUM to its path.`);
    const server = await ViewServer.start();
    return new ViewBrowser(await chromium.launch({ executablePath, args: chromiumFlags }), server);
  }

  /** Opens a view as VS Code would, and waits until it says that it is ready. */
  async open(view: ViewName, options: OpenOptions = {}): Promise<ViewPage> {
    const { theme = 'dark', width = 900, height = 1000, scale = 1, choices = {} } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    await page.addInitScript(actAsHost, { theme: themes[theme], choices });
    await page.goto(this.server.urlOf(view));
    const viewPage = new ViewPage(page);
    await viewPage.waitForMessage('ready');
    return viewPage;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }
}

/** Runs in the page before its scripts: the theme and the programming interface that VS Code gives to a webview. */
function actAsHost({ theme, choices }: { theme: ThemeFixture; choices: Readonly<Record<string, unknown>> }): void {
  const recorded: Recorded = { messages: [], violations: [] };
  const acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => recorded.messages.push(message),
    getState: (): unknown => {
      const kept = sessionStorage.getItem('state');
      return kept === null ? { runIds: [], choices } : JSON.parse(kept);
    },
    setState: (state: unknown) => {
      sessionStorage.setItem('state', JSON.stringify(state));
    },
  });
  Object.assign(window, { recorded, acquireVsCodeApi });
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
    recorded.violations.push([violatedDirective, blockedURI, sourceFile, lineNumber].join(' '));
  });
  addEventListener('error', ({ message }) => recorded.violations.push(message));
  // The document is still empty: dress its root and its body when they come.
  new MutationObserver((_, observer) => {
    const body = document.querySelector('body');
    if (!body) return;
    observer.disconnect();
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    body.className = theme.bodyClass;
  }).observe(document, { childList: true, subtree: true });
}

type Sent = Exclude<HostMessage, RunsMessage> | (Omit<RunsMessage, 'awaited'> & Partial<RunsMessage>);

/** One view as its user and its host see it. */
export class ViewPage {
  constructor(readonly page: Page) {}

  /** As the host does it: packed, by postMessage. Of runs no records are still to come if nothing is said of that. */
  async send(message: Sent): Promise<void> {
    const whole = message.type === 'runs' ? { awaited: [], ...message } : message;
    await this.page.evaluate((sent) => {
      window.postMessage(sent);
    }, packed(whole));
  }

  /** Another theme, as VS Code changes it under a page that is open. */
  async wear(theme: ThemeName): Promise<void> {
    await this.page.evaluate(({ variables, bodyClass }) => {
      const root = document.documentElement;
      root.removeAttribute('style');
      for (const [name, value] of Object.entries(variables)) root.style.setProperty(`--vscode-${name}`, value);
      document.body.className = bodyClass;
    }, themes[theme]);
  }

  async messages(): Promise<WebviewMessage[]> {
    return (await this.page.evaluate(() => window.recorded.messages)) as WebviewMessage[];
  }

  async waitForMessage(type: WebviewMessage['type']): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => window.recorded.messages.some((message) => (message as { type: string }).type === wanted),
      type,
    );
  }

  /** Breaches of the content security policy and uncaught errors. */
  async violations(): Promise<readonly string[]> {
    return await this.page.evaluate(() => window.recorded.violations);
  }

  /** Waits until what was sent is rendered and laid out. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        }),
    );
  }

  /** Keeps a picture, a PNG, of the whole page or of what is seen without scrolling. */
  async screenshot(name: string, fullPage = true): Promise<Uint8Array> {
    await this.settle();
    return await this.page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage });
  }

  /** Makes the window as high as the page: what is out of sight is not painted. A page grows while it is laid out. */
  async showAll(): Promise<void> {
    const width = this.page.viewportSize()?.width ?? 0;
    for (let height = 0; ;) {
      const needed = await this.page.evaluate(() => document.documentElement.scrollHeight);
      if (needed <= height) return;
      height = needed;
      await this.page.setViewportSize({ width, height });
      await this.settle();
    }
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
