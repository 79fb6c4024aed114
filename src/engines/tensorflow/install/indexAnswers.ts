import * as z from 'zod';
import { newestWithin, type Requirement } from './requirements';

const fileSchema = z.object({
  /** A plain name: the file is put beside others under it. */
  filename: z
    .string()
    .max(255)
    .regex(/^[\w.+-]+$/),
  url: z.url({ protocol: /^https?$/ }),
  size: z.int().positive(),
  digests: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  packagetype: z.string(),
});
/** Only what may be taken has to be as expected: an index has files of all kinds, and of all times. */
const releaseSchema = z.object({ urls: z.array(z.unknown()) });
const projectSchema = z.object({ releases: z.record(z.string(), z.unknown()) });

/** A file of the Python package index. */
export type IndexedFile = z.infer<typeof fileSchema>;

/** The newest version of a package in a range, from what the index says of the package. Throws an Error where there is none. */
export function newestVersionIn(answer: unknown, { name, range }: Requirement): string {
  const project = projectSchema.safeParse(answer);
  if (!project.success) throw new Error(`the index does not say which versions of ${name} there are`);
  const version = newestWithin(Object.keys(project.data.releases), range);
  if (version === undefined) throw new Error(`there is no ${name} ${range}`);
  return version;
}

/** The wheel for this platform, from what the index says of a version. Throws an Error where there is none. */
export function wheelIn(
  answer: unknown,
  { name, version }: { readonly name: string; readonly version: string },
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): IndexedFile {
  const release = releaseSchema.safeParse(answer);
  if (!release.success) throw new Error(`the index does not say which files ${name} ${version} has`);
  for (const listed of release.data.urls) {
    const file = fileSchema.safeParse(listed).data;
    if (file?.packagetype === 'bdist_wheel' && isForPlatform(file.filename, platform, arch)) return file;
  }
  throw new Error(`${name} ${version} has no wheel for ${platform}/${arch}`);
}

/** Whether a wheel's name says that its libraries run here. Any Python will do, as only a C library is taken. */
export function isForPlatform(
  filename: string,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): boolean {
  const tags =
    filename
      .replace(/\.whl$/, '')
      .split('-')
      .at(-1) ?? '';
  const machine = arch === 'x64' ? 'x86_64' : platform === 'linux' ? 'aarch64' : 'arm64';
  if (platform === 'linux') return tags.includes('manylinux') && tags.includes(machine);
  if (platform === 'darwin') return tags.includes('macosx') && (tags.includes(machine) || tags.includes('universal2'));
  return false;
}
