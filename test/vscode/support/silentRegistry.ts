import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A registry of npm packages that takes every request and answers none, so that npm goes on until it is ended. */
export class SilentRegistry {
  /** Paths it was asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  private constructor() {
    this.#server = createServer(({ url }) => this.asked.push(decodeURIComponent(url ?? '')));
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  static async open(): Promise<SilentRegistry> {
    const registry = new SilentRegistry();
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Whether a process is waiting for an answer. */
  get isAwaited(): boolean {
    return this.#connections.size > 0;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
