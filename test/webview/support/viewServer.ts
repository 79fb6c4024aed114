import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pageDocument } from '../../../src/extension/views/pageDocument';

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

function page(view: string, origin: string): string {
  return pageDocument({
    language: 'en',
    origin,
    script: `${origin}/${view}.js`,
    styleSheet: `${origin}/${view}.css`,
    nonce,
    start: { load: 1, kept: null, notice: null },
  });
}
