import { expect, it } from 'vitest';
import { boundedJson } from '../../../src/download/boundedJson';
import { startFileServer } from '../../fixtures/fileServer';

const once = { retry: { retries: 0 } };

it('an answer in JSON is what it says', async () => {
  const server = await startFileServer();
  server.serve('/json', Buffer.from('{ "name": "日本" }'));
  expect(await boundedJson(`${server.url}json`, once, 100)).toEqual({ name: '日本' });
});

it('an answer without end is not read to its end', async () => {
  const server = await startFileServer();
  let isOpen = true;
  server.serve('/json', new Uint8Array(), (_, response) => {
    response.on('close', () => {
      isOpen = false;
    });
    const more = (): void => {
      while (isOpen && response.write('['.repeat(10_000)));
      if (isOpen) response.once('drain', more);
    };
    more();
  });
  await expect(boundedJson(`${server.url}json`, once, 1_000_000)).rejects.toThrow(
    `127.0.0.1:${server.port} answers with more than 1000000 bytes`,
  );
  await expect.poll(() => isOpen).toBe(false);
});

it('an answer that is no JSON, or a refusal, says so', async () => {
  const server = await startFileServer();
  server.serve('/json', Buffer.from('<html>sign in</html>'));
  await expect(boundedJson(`${server.url}json`, once, 100)).rejects.toThrow('answers with something else than JSON');
  await expect(boundedJson(`${server.url}nothing`, once, 100)).rejects.toMatchObject({ statusCode: 404 });
});
