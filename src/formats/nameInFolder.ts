/**
 * Whether a file's own text, which may be anybody's, names a file in a folder: not a path, a drive or a stream of a file, nor the
 * folder itself or the one above.
 */
export function isNameInFolder(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name.length <= 255 && !/[/\\:\0]/.test(name);
}
