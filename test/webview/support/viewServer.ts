import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const bundles = path.resolve(import.meta.dirname, '../../../dist/webview');
const nonce = 'dGVzdA';
const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** Serves the built views on the loopback interface, under the content security policy they have in VS Code. */
export class ViewServer {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<ViewServer> {
    if (!existsSync(path.join(bundles, 'dashboard.js')))
      throw new Error(`${bundles} has no built views; run "npm run build" first.`);
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const extension = path.extname(pathname);
      if (extension === '') {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end(page(pathname.slice(1), `http://${request.headers.host ?? ''}`));
        return;
      }
      readFile(path.join(bundles, path.basename(pathname))).then(
        (content) => {
          response.setHeader('Content-Type', contentTypes[extension] ?? 'application/octet-stream');
          response.end(content);
        },
        () => {
          response.statusCode = 404;
          response.end();
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ViewServer(server);
  }

  urlOf(view: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${view}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function page(view: string, source: string): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${source}/${view}.css" />
    <title>SFP Lab</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${source}/${view}.js"></script>
  </body>
</html>`;
}
