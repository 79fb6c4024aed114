import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';
import type { FakeWebview } from '../../test/fixtures/fakePanels';
import { themes } from '../../test/webview/support/themes';
import { framed, windowScript } from './codeMessage';
import { probeScript } from './pageProbe';

/** Colours do not matter here, but that they are there does: the pages draw with them. */
const dressed = `document.body.className = 'vscode-dark';
  for (const [name, value] of Object.entries(${JSON.stringify(themes.dark.variables)}))
    document.documentElement.style.setProperty('--vscode-' + name, value);`;

/**
 * A window in a real Chromium with the page of one webview in it, in a frame of another site as in VS Code, so that page and
 * window are processes of their own.
 */
export class BenchWindow {
  #messages: ServerResponse | null = null;
  #queue: Buffer[] = [];

  private constructor(
    private readonly webview: FakeWebview,
    private readonly server: Server,
    readonly page: Page,
  ) {}

  static async open(browser: Browser, webview: FakeWebview): Promise<BenchWindow> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(180_000);
    const opened = new BenchWindow(webview, server, page);
    server.on('request', (request, response) => {
      if (request.url === '/messages') opened.#listen(response);
      else if (request.url === '/said')
        void text(request).then((said) => {
          response.end();
          webview.says(JSON.parse(said));
        });
      else {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end(request.url === '/page' ? opened.#document() : opened.#window());
      }
    });
    webview.carry = (message) => opened.#post(framed(message));
    return opened;
  }

  /** Begins to load the window and its page. */
  async load(): Promise<void> {
    await this.page.goto(`http://127.0.0.1:${this.#port}/`);
  }

  get frame(): Frame {
    const frame = this.page.frames().find((one) => one.url().endsWith('/page'));
    if (!frame) throw new Error('The window has no page yet.');
    return frame;
  }

  async close(): Promise<void> {
    this.#messages?.end();
    await this.page.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get #port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  #window(): string {
    return `<!doctype html><style>body { margin: 0 } iframe { border: 0; width: 100vw; height: 99vh }</style>
      <iframe src="http://localhost:${this.#port}/page"></iframe><script>${windowScript}</script>`;
  }

  #document(): string {
    const html = this.webview.documents.at(-1) ?? '';
    const nonce = /nonce-([^']+)'/.exec(html)?.[1] ?? '';
    return html
      .replace('<style', `<script nonce="${nonce}">${probeScript}</script><style`)
      .replace('<body>', `<body><script nonce="${nonce}">${dressed}</script>`);
  }

  #listen(response: ServerResponse): void {
    this.#messages = response;
    response.flushHeaders();
    for (const frame of this.#queue.splice(0)) response.write(frame);
  }

  #post(frame: Buffer): Promise<boolean> {
    if (!this.#messages) {
      this.#queue.push(frame);
      return Promise.resolve(true);
    }
    const { promise, resolve } = withResolvers<boolean>();
    this.#messages.write(frame, () => {
      resolve(true);
    });
    return promise;
  }
}

function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The Chromium that `scripts/benchUi.mjs` has found, with the flags that the tests use. */
export function startBrowser(): Promise<Browser> {
  const { CHROMIUM: executablePath = '', CHROMIUM_FLAGS: flags = '[]' } = process.env;
  return chromium.launch({ executablePath, args: JSON.parse(flags) as string[] });
}
