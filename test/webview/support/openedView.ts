import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { ViewBrowser, type OpenOptions, type ViewName, type ViewPage } from './viewPage';

/** Opens the view anew before each test of a file, and fails a test in which the page broke its policy or threw an error. */
export function openBeforeEach(name: ViewName, options: OpenOptions, opened: (view: ViewPage) => void): void {
  let browser: ViewBrowser;
  beforeAll(async () => {
    browser = await ViewBrowser.start();
  });
  afterAll(async () => {
    await browser.stop();
  });
  beforeEach(async () => {
    const view = await browser.open(name, options);
    opened(view);
    return async () => {
      const violations = await view.violations();
      await view.close();
      expect(violations).toEqual([]);
    };
  });
}
