import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureReason } from '../../../src/download/failure';
import { download, type DownloadOptions } from '../../../src/download/resumableDownload';
import { randomStream } from '../../../src/base/random';
import {
  type Behaviour,
  breaksAfter,
  corrupts,
  type FileServer,
  ranges,
  silent,
  startFileServer,
  status,
  wholeOnly,
} from '../../fixtures/fileServer';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { fileAt } from '../../fixtures/tinyDataset';

const random = randomStream(1, 'content');
const content = Buffer.from(Array.from({ length: 100_000 }, () => random.below(256)));

interface Attempt {
  readonly server: FileServer;
  readonly path: string;
  readonly notes: string[];
  readonly bytes: number[];
  readonly run: (changes?: Partial<DownloadOptions>) => Promise<void>;
}

/** A download of `content` from a server that behaves like this. */
async function attempt(...behaviours: Behaviour[]): Promise<Attempt> {
  const server = await startFileServer();
  server.serve('/data.bin', content, ...behaviours);
  const path = join(temporaryFolder(), 'data.bin');
  const notes: string[] = [];
  const bytes: number[] = [];
  const options: DownloadOptions = {
    settings: {},
    signal: new AbortController().signal,
    onBytes: (have) => bytes.push(have),
    onVerify: () => undefined,
    onNote: (note) => notes.push(note),
    patience: { answer: 5000, silence: 5000, pause: 1 },
  };
  const file = fileAt(server.url, 'data.bin', content);
  return { server, path, notes, bytes, run: (changes) => download(file, path, { ...options, ...changes }) };
}

function reason(run: Promise<void>): Promise<string> {
  return run.then(
    () => 'it succeeded',
    (error: unknown) => failureReason(error),
  );
}

describe('a download', () => {
  test('puts the file in place and tells how far it is', async () => {
    const { path, bytes, notes, run } = await attempt();
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    expect(bytes.at(-1)).toBe(content.length);
    expect(notes).toEqual([]);
  });

  test('asks for the rest alone after a break', async () => {
    const { server, path, run } = await attempt(breaksAfter(30_000), breaksAfter(20_000), ranges);
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual([null, 'bytes=30000-', 'bytes=50000-']);
  });

  test('goes on where an earlier process was killed', async () => {
    const { server, path, run } = await attempt();
    writeFileSync(`${path}.part`, content.subarray(0, 70_000));
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=70000-']);
  });

  test('starts again when the server sends whole files only', async () => {
    const { path, run } = await attempt(breaksAfter(30_000), wholeOnly);
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('fails when a break brings nothing new, and keeps what it has', async () => {
    const { server, path, run } = await attempt(breaksAfter(30_000), status(503));
    expect(await reason(run())).toBe('it answered with HTTP status 503');
    expect(readFileSync(`${path}.part`)).toHaveLength(30_000);
    server.serve('/data.bin', content);
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.requests.at(-1)?.range).toBe('bytes=30000-');
  });

  test('uses a file that was put there by hand', async () => {
    const { server, path, run } = await attempt();
    writeFileSync(path, content);
    await run();
    expect(server.requests).toEqual([]);
  });

  test('replaces a damaged file that was put there, and says so', async () => {
    const { path, notes, run } = await attempt();
    writeFileSync(path, content.subarray(1));
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(notes).toEqual([`${path} is damaged (wrong checksum); it is replaced.`]);
  });
});

describe('what arrives is checked', () => {
  test('corrupt bytes are thrown away', async () => {
    const { path, run } = await attempt(corrupts);
    expect(await reason(run())).toBe('what arrived is damaged (wrong checksum) and was thrown away');
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  test('a beginning that does not fit is thrown away, and the file is fetched afresh', async () => {
    const { server, path, notes, run } = await attempt();
    writeFileSync(`${path}.part`, Buffer.alloc(40_000));
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(notes).toEqual(['The resumed download of data.bin is damaged (wrong checksum); it is fetched afresh.']);
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=40000-', null]);
  });

  test('a beginning that is too long is thrown away', async () => {
    const { path, run } = await attempt();
    writeFileSync(`${path}.part`, Buffer.alloc(content.length + 1));
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('a page instead of the file is not even read, and what was there stays', async () => {
    const page = Buffer.from('<html>Please log in</html>');
    const { path, run } = await attempt((request, response) => {
      wholeOnly(request, response, page);
    });
    writeFileSync(`${path}.part`, content.subarray(0, 10));
    expect(await reason(run())).toBe('it offers 26 bytes instead of 100000');
    expect(readFileSync(`${path}.part`)).toHaveLength(10);
  });

  test('a body without length that ends too early or too late', async () => {
    const chunked =
      (body: Uint8Array): Behaviour =>
      (_, response) => {
        response.writeHead(200);
        response.write(body.subarray(0, 10));
        response.end(body.subarray(10));
      };
    const early = await attempt(chunked(content.subarray(0, 500)));
    expect(await reason(early.run())).toBe('it sent only 500 of 100000 bytes');
    const late = await attempt(chunked(Buffer.concat([content, content])));
    expect(await reason(late.run())).toBe('it sends more than the 100000 bytes expected');
    expect(existsSync(`${late.path}.part`)).toBe(false);
  });

  test('a refused range makes the next attempt start at the beginning', async () => {
    const { path, run } = await attempt(status(416), ranges);
    writeFileSync(`${path}.part`, Buffer.alloc(10));
    expect(await reason(run())).toBe('it answered with HTTP status 416');
    await run();
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});

describe('a download that cannot go on fails with a reason', () => {
  test('no such file', async () => {
    expect(await reason((await attempt(status(404))).run())).toBe('it answered with HTTP status 404');
  });

  test('a server that is silent', async () => {
    const { run } = await attempt(silent);
    const patience = { answer: 50, silence: 5000, pause: 1 };
    expect(await reason(run({ patience }))).toBe('nothing came from it for 0.05 seconds');
  });

  test('a server that falls silent', async () => {
    const stops: Behaviour = (_, response, whole) => {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, 1000));
    };
    const { path, run } = await attempt(stops, silent);
    const patience = { answer: 200, silence: 50, pause: 1 };
    expect(await reason(run({ patience }))).toBe('nothing came from it for 0.2 seconds');
    expect(readFileSync(`${path}.part`)).toHaveLength(1000);
  });

  test('a server that is not there, a name that does not exist', async () => {
    const { path } = await attempt();
    const fetchFrom = (url: string) =>
      download(fileAt(url, 'data.bin', content), path, {
        settings: {},
        signal: new AbortController().signal,
        onBytes: () => undefined,
        onVerify: () => undefined,
        onNote: () => undefined,
      });
    expect(await reason(fetchFrom('http://127.0.0.1:1/'))).toBe('it refused the connection');
    expect(await reason(fetchFrom('http://nowhere.invalid/'))).toBe('its name could not be resolved');
  });

  test('the caller has had enough, and what has arrived stays', async () => {
    const stop = new AbortController();
    const { path, run } = await attempt(breaksAfter(30_000), () => {
      stop.abort();
    });
    await expect(run({ signal: stop.signal })).rejects.toThrow('abort');
    expect(readFileSync(`${path}.part`)).toHaveLength(30_000);
  });
});
