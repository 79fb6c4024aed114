import type { FileHandle } from 'node:fs/promises';

const chunkBytes = 1 << 20;
const lineEnd = 0x0a;

/**
 * Calls back with every whole line of a file, in order and without its end, and returns how many bytes they take: what comes
 * after is half a line. Lines of more than `longest` bytes are left out; no more memory is taken than that and a chunk.
 */
export async function eachLine(file: FileHandle, longest: number, onLine: (line: string) => void): Promise<number> {
  const buffer = Buffer.alloc(chunkBytes);
  let begun = Buffer.alloc(0);
  let isTooLong = false;
  let whole = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
    if (bytesRead === 0) return whole;
    let start = 0;
    for (let end = buffer.indexOf(lineEnd); end !== -1 && end < bytesRead; end = buffer.indexOf(lineEnd, start)) {
      if (!isTooLong && begun.length + end - start <= longest)
        onLine(Buffer.concat([begun, buffer.subarray(start, end)]).toString('utf8'));
      begun = Buffer.alloc(0);
      isTooLong = false;
      start = end + 1;
      whole = position + start;
    }
    isTooLong ||= begun.length + bytesRead - start > longest;
    begun = isTooLong ? Buffer.alloc(0) : Buffer.concat([begun, buffer.subarray(start, bytesRead)]);
    position += bytesRead;
  }
}
