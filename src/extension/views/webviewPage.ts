import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { pageDocument, type PageStart } from './pageDocument';

/** The pages that are built from webview/ into dist/webview. */
export type PageName = 'dashboard' | 'compare' | 'layers' | 'network';

/** What a page may do: run its script. It reads nothing on the disk. */
export const pageOptions: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [] };

/** What a page is built of; about half a megabyte. */
export interface BuiltPage {
  readonly page: PageName;
  readonly script: string;
  readonly styles: string;
}

/** @throws {Error} of the file system when the extension is not whole. */
export function readPage(page: PageName, extension: vscode.Uri): BuiltPage {
  const read = (ending: string): string =>
    readFileSync(vscode.Uri.joinPath(extension, 'dist', 'webview', `${page}.${ending}`).fsPath, 'utf8');
  return { page, script: read('js'), styles: read('css') };
}

/** The HTML of a page, with a nonce of its own. */
export function pageHtml(built: BuiltPage, start: PageStart): string {
  const nonce = randomBytes(16).toString('base64');
  return pageDocument({ ...built, language: vscode.env.language, nonce, start });
}
