import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../../scripts/chromium.mjs';

const screenshots = path.resolve(import.meta.dirname, '../../../artefacts/screenshots/report');

/** A report opened from the disk, as its reader does it, and what it has asked for beside itself. */
export interface OpenedReport {
  readonly page: Page;
  readonly asked: readonly string[];
  /** Breaches of its policy, as the browser tells them. */
  readonly complaints: readonly string[];
}

/** A real browser for reports. */
export class ReportBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ReportBrowser> {
    const { path: executablePath, tried } = await findChromium();
    if (!executablePath)
      throw new Error(`There is no Chromium (looked at ${tried.join('; ')}); set CHROMIUM to its path.`);
    const folder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-report-'));
    return new ReportBrowser(await chromium.launch({ executablePath, args: chromiumFlags }), folder);
  }

  async open(html: string, options: BrowserContextOptions): Promise<OpenedReport> {
    const file = path.join(this.folder, 'report.html');
    await writeFile(file, html);
    const page = await (await this.browser.newContext(options)).newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== url) asked.push(request.url());
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, asked, complaints };
  }

  /** Keeps a picture, a PNG, of the whole report. */
  async picture(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: true });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
