const viewTypes = { Float64Array, Float32Array, Uint32Array, Uint8Array } as const;
type View = InstanceType<(typeof viewTypes)[keyof typeof viewTypes]>;

/** Every view begins at a multiple of this, which all types are content with. */
const alignment = 8;

/**
 * The same plain data with all its arrays of numbers in one buffer. VS Code counts the buffers of a message to a webview in one
 * byte: of more than 253 the rest arrives empty, without a word.
 */
export function inOneBuffer<Data>(data: Data): Data {
  const views = new Set<View>();
  collect(data, views);
  const places = new Map<View, number>();
  let end = 0;
  for (const view of views) {
    places.set(view, end);
    end += Math.ceil(view.byteLength / alignment) * alignment;
  }
  const buffer = new ArrayBuffer(end);
  const copies = new Map([...places].map(([view, place]) => [view, copied(view, buffer, place)]));
  return replaced(data, copies) as Data;
}

function collect(data: unknown, views: Set<View>): void {
  if (isView(data)) views.add(data);
  else if (typeof data === 'object' && data !== null) for (const part of Object.values(data)) collect(part, views);
}

function copied(view: View, buffer: ArrayBuffer, place: number): View {
  const bytes = new Uint8Array(buffer, place, view.byteLength);
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const type = viewTypes[view.constructor.name as keyof typeof viewTypes];
  return new type(buffer, place, view.length);
}

function replaced(data: unknown, copies: ReadonlyMap<View, View>): unknown {
  if (isView(data)) return copies.get(data);
  if (Array.isArray(data)) return data.map((part) => replaced(part, copies));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, part]) => [key, replaced(part, copies)]));
}

function isView(data: unknown): data is View {
  return Object.values(viewTypes).some((type) => data instanceof type);
}
