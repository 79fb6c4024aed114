import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageDocument, type PageStart } from './pageDocument';

/** The pages that are built from webview/ into dist/webview. */
export type PageName = 'dashboard' | 'layers' | 'compare';

const builtPages = (extension: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', 'webview');

/** What a page may do: run its script and read the built pages, nothing else on the disk. */
export function pageOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [builtPages(extension)] };
}

/** The HTML of a page, with a nonce of its own. */
export function pageHtml(page: PageName, webview: vscode.Webview, extension: vscode.Uri, start: PageStart): string {
  const file = (ending: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(builtPages(extension), `${page}.${ending}`)).toString();
  return pageDocument({
    language: vscode.env.language,
    origin: webview.cspSource,
    script: file('js'),
    styleSheet: file('css'),
    nonce: randomBytes(16).toString('base64'),
    start,
  });
}
