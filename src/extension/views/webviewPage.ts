import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The pages that are built from webview/ into dist/webview. */
export type PageName = 'dashboard' | 'layers' | 'compare';

const builtPages = (extension: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extension, 'dist', 'webview');

/** What a page may do: run its script and read the built pages, nothing else on the disk. */
export function pageOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [builtPages(extension)] };
}

/** The HTML of a page: it loads one style sheet and one script, and everything else is denied. */
export function pageHtml(page: PageName, webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (ending: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(builtPages(extension), `${page}.${ending}`)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The toolkit's controls try a style element for :focus-visible, with the nonce of the meta element below.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!doctype html>
<html lang="${vscode.env.language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${file('css')}" />
    <title>SFP Lab</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${file('js')}"></script>
  </body>
</html>`;
}
