import npmFetch, { type Options } from 'npm-registry-fetch';

/**
 * Asks an address for JSON, with the user's npm settings. Rejects with an error that has a `statusCode` when the server refuses,
 * and with one that says so when the answer is no JSON or has more bytes than it may, of which no more is read.
 */
export async function boundedJson(address: string, options: Options, mostBytes: number): Promise<unknown> {
  // The client goes on reading what nobody wants any more, unless it is told to stop.
  const enough = new AbortController();
  const given = options.signal as AbortSignal | undefined;
  const signal = given ? AbortSignal.any([given, enough.signal]) : enough.signal;
  const response = await npmFetch(address, { ...options, signal });
  const { host } = new URL(address);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > mostBytes) {
      enough.abort();
      throw new Error(`${host} answers with more than ${mostBytes} bytes`);
    }
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new Error(`${host} answers with something else than JSON`);
  }
}
