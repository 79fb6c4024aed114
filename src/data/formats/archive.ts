import { basename } from 'node:path';
import { list } from 'tar';

/** Reads files out of a tar or tar.gz archive, by their names without folder. Throws when one is missing. */
export async function readArchive(path: string, names: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Promise<Buffer>>();
  await list({
    file: path,
    strict: true,
    filter: (entry) => names.includes(basename(entry)),
    onReadEntry: (entry) => contents.set(basename(entry.path), entry.concat()),
  });
  const found = new Map<string, Buffer>();
  for (const name of names) {
    const content = await contents.get(name);
    if (!content) throw new Error(`${basename(path)} has no file ${name}`);
    found.set(name, content);
  }
  return found;
}
