import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { permutation, randomStream } from '../../base/random';
import { refuseUnlessFolder } from '../../base/regularFile';
import { mostClasses } from '../../config/choices';
import { fail } from './fail';

/** Pictures of a part of a folder, by their paths in it with slashes, and the class of each. */
export interface ListedPictures {
  readonly files: readonly string[];
  readonly labels: readonly number[];
}

/** A folder of pictures, in one order whatever the file system gives. */
export interface PictureFolder {
  readonly classes: readonly string[];
  /** Those of the validation part behind them, if the folder has one. */
  readonly training: ListedPictures;
  readonly validationFrom: number | null;
  readonly test: ListedPictures;
  /** Whether the test part was split off the training pictures. */
  readonly isTestSplit: boolean;
  /** Links, which are not followed. */
  readonly links: number;
  /** Of the names. */
  readonly fingerprint: string;
}

/** More pictures than any data set has in folders; their names alone take a gigabyte. */
const mostPictures = 5_000_000;
const pictureEnding = /\.(jpe?g|png|webp)$/i;

/**
 * Lists `train/CLASS/*`, `val/CLASS/*` and `test/CLASS/*`. Without a test part a tenth of every class is split off the training
 * pictures, the same for all seeds. Throws a UserError when there are no classes, one only, or one without pictures.
 */
export async function listPictures(folder: string): Promise<PictureFolder> {
  const list = new Listing(folder);
  const classes = await list.classes('train');
  const train = await list.part('train', classes);
  const held = (await list.has('val')) ? await list.part('val', classes) : null;
  const test = (await list.has('test')) ? await list.part('test', classes) : null;
  const { kept, taken } = test ? { kept: train, taken: test } : split(train, classes.length);
  return {
    classes,
    training: held ? joined(kept, held) : kept,
    validationFrom: held ? kept.files.length : null,
    test: taken,
    isTestSplit: test === null,
    links: list.links,
    fingerprint: list.fingerprint(),
  };
}

class Listing {
  links = 0;
  #count = 0;
  readonly #hash = createHash('sha256');

  constructor(private readonly folder: string) {}

  fingerprint(): string {
    return this.#hash.digest('hex');
  }

  async has(part: string): Promise<boolean> {
    const entries = await readdir(this.folder, { withFileTypes: true });
    return entries.some((entry) => entry.name === part && entry.isDirectory());
  }

  async classes(part: string): Promise<string[]> {
    const path = join(this.folder, part);
    if (!(await this.has(part)))
      throw fail(
        this.folder,
        `has no folder "${part}": pictures are looked for in ${part}/CLASS/, with a folder for each class`,
      );
    const classes = await this.#folders(path);
    if (classes.length === 0) throw fail(path, 'has no folders in it: there must be one for each class');
    if (classes.length === 1)
      throw fail(path, `has the class "${classes[0]}" only; a network tells at least two apart`);
    if (classes.length > mostClasses)
      throw fail(path, `has ${classes.length} classes; at most ${mostClasses} are read`);
    return classes;
  }

  async part(part: string, classes: readonly string[]): Promise<ListedPictures> {
    const path = join(this.folder, part);
    await refuseUnlessFolder(path);
    const found = part === 'train' ? classes : await this.#folders(path);
    const unknown = found.find((name) => !classes.includes(name));
    if (unknown !== undefined) throw fail(path, `has a class "${unknown}", which train has not`);
    const files: string[] = [];
    const labels: number[] = [];
    for (const name of found) {
      const pictures = await this.#pictures(join(path, name));
      if (pictures.length === 0 && part === 'train')
        throw fail(join(path, name), 'has no pictures in it (jpg, jpeg, png or webp): add some, or delete the class');
      const label = classes.indexOf(name);
      for (const picture of pictures) {
        files.push(`${part}/${name}/${picture}`);
        labels.push(label);
      }
      this.#hash.update(JSON.stringify([part, name, pictures]));
    }
    if (files.length === 0) throw fail(path, 'has no pictures in it: add some, or delete the folder');
    return { files, labels };
  }

  async #folders(path: string): Promise<string[]> {
    const entries = await readdir(path, { withFileTypes: true });
    this.links += entries.filter((entry) => entry.isSymbolicLink()).length;
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  }

  async #pictures(path: string): Promise<string[]> {
    const entries = await readdir(path, { withFileTypes: true });
    const pictures = entries.filter(({ name }) => pictureEnding.test(name) && !name.startsWith('.'));
    this.links += pictures.filter((entry) => entry.isSymbolicLink()).length;
    const files = pictures
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
    this.#count += files.length;
    if (this.#count > mostPictures)
      throw fail(this.folder, `has more than ${mostPictures} pictures, which are not read`);
    return files;
  }
}

/** A tenth of every class, at random but always the same, and one at least where there are two. */
function split({ files, labels }: ListedPictures, classes: number): { kept: ListedPictures; taken: ListedPictures } {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  const left = counts.map((count) => (count < 2 ? 0 : Math.max(1, Math.floor(count / 10))));
  const isTaken = new Uint8Array(files.length);
  for (const index of permutation(files.length, randomStream(0, 'test part'))) {
    const label = labels[index]!;
    if (left[label]! > 0) {
      isTaken[index] = 1;
      left[label]!--;
    }
  }
  const those = (taken: number): ListedPictures => ({
    files: files.filter((_, index) => isTaken[index] === taken),
    labels: labels.filter((_, index) => isTaken[index] === taken),
  });
  return { kept: those(0), taken: those(1) };
}

function joined(first: ListedPictures, second: ListedPictures): ListedPictures {
  return { files: [...first.files, ...second.files], labels: [...first.labels, ...second.labels] };
}
