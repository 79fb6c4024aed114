import { writeFile } from 'node:fs/promises';
import { strToU8, zipSync } from 'fflate';

/** Writes a wheel with these files; names as they stand. */
export async function writeWheel(file: string, files: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(
    file,
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  );
}
