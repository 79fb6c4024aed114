import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pageDocument } from '../../../src/extension/views/pageDocument';

const bundles = path.resolve(import.meta.dirname, '../../../dist/webview');
const nonce = 'dGVzdA';

/** Serves the built views on the loopback interface, under the content security policy they have in VS Code. */
export class ViewServer {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<ViewServer> {
    if (!existsSync(path.join(bundles, 'dashboard.js')))
      throw new Error(`${bundles} has no built views; run "npm run build" first.`);
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      page(pathname.slice(1)).then(
        (html) => {
          response.setHeader('Content-Type', 'text/html; charset=utf-8');
          response.end(html);
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

async function page(view: string): Promise<string> {
  const read = (ending: string) => readFile(path.join(bundles, `${path.basename(view)}.${ending}`), 'utf8');
  const built = { page: view, script: await read('js'), styles: await read('css') };
  return pageDocument({ ...built, language: 'en', nonce, start: { load: 1, kept: null, notice: null } });
}
