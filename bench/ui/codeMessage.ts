/**
 * A message as VS Code carries it from the extension host to a webview: JSON in which arrays of numbers are references to
 * buffers, and these buffers beside it. Frames of the stream: lengths of the JSON and of each buffer, then both.
 */
export function framed(message: unknown): Buffer {
  const buffers: ArrayBufferLike[] = [];
  const json = JSON.stringify(message, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const known = buffers.indexOf(value.buffer);
    const index = known >= 0 ? known : buffers.push(value.buffer) - 1;
    const view = { type: value.constructor.name, byteLength: value.byteLength, byteOffset: value.byteOffset };
    return { $buffer: true, index, view };
  });
  const text = Buffer.from(json);
  const bodies = [text, ...buffers.map((buffer) => Buffer.from(buffer as ArrayBuffer))];
  const head = Buffer.alloc(4 * (1 + bodies.length));
  head.writeUInt32LE(bodies.length);
  for (const [index, { length }] of bodies.entries()) head.writeUInt32LE(length, 4 * (index + 1));
  return Buffer.concat([head, ...bodies]);
}

/**
 * Runs in the window, the frame around the page: takes the frames of the stream apart, as VS Code does, and hands them on with
 * their buffers transferred.
 */
export const windowScript = `
  const page = document.querySelector('iframe');
  addEventListener('message', ({ data }) => fetch('/said', { method: 'POST', body: JSON.stringify(data) }));
  const revive = (bodies) => JSON.parse(new TextDecoder().decode(bodies[0]), (_, value) => {
    if (!value || typeof value !== 'object' || !value.$buffer) return value;
    const { type, byteOffset, byteLength } = value.view;
    const length = byteLength / globalThis[type].BYTES_PER_ELEMENT;
    return new globalThis[type](bodies[value.index + 1], byteOffset, length);
  });
  (async () => {
    let kept = new Uint8Array();
    const reader = (await fetch('/messages')).body.getReader();
    const parts = [];
    let held = 0;
    const need = async (count) => {
      while (held < count) {
        const { value } = await reader.read();
        parts.push(value);
        held += value.length;
      }
      const bytes = new Uint8Array(held);
      let at = 0;
      for (const part of parts) { bytes.set(part, at); at += part.length; }
      parts.length = 0;
      held -= count;
      if (held > 0) parts.push(bytes.subarray(count));
      return bytes.buffer.slice(0, count);
    };
    for (;;) {
      const [count] = new Uint32Array(await need(4));
      const lengths = [...new Uint32Array(await need(4 * count))];
      const bodies = [];
      for (const length of lengths) bodies.push(await need(length));
      page.contentWindow.postMessage(revive(bodies), '*', bodies.slice(1));
    }
  })();
`;
