import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { configSchema, runConfigSchema } from '../../../src/config/schema';
import { readArrays } from '../../../src/data/own/readArrays';
import { readyPictures } from '../../../src/data/pictures/readyPictures';
import { storeFiles } from '../../../src/data/pictures/storeFiles';
import { npyOf, smallArrays, textsArray } from '../../fixtures/arrays';
import { twoClasses, writePictures } from '../../fixtures/pictures';
import { mutatedBytes, mutatedJson, pick } from '../mutations';
import { target, type FuzzTarget } from '../target';

/** Images of the user's own, which may come from anybody, and what is kept of them in the cache. */

const { signal } = new AbortController();
const wish = { mean: [], std: [], classNames: [] };
const arrays = new Map<string, Uint8Array>([
  ...Object.entries(smallArrays(8, 4, 5)).map(([name, array]) => [`${name}.npy`, npyOf(array)] as const),
  ['class_names.npy', npyOf(textsArray(['left', '猫']))],
]);

async function read(path: string): Promise<void> {
  const { info, dataset } = await readArrays(path, wish, { signal, onImages: () => undefined });
  if (dataset.training.count !== info.trainingCount) throw new Error('There are more or fewer images than was told.');
}

export const ownDataTargets: readonly FuzzTarget[] = [
  target<Uint8Array>('arrays.npz', (folder) =>
    Promise.resolve({
      make: (random) => {
        const level = pick(random, [0, 6] as const);
        const isInside = random.below(2) === 0;
        const chosen = pick(random, [...arrays.keys()]);
        const files = [...arrays].map(
          ([name, bytes]) => [name, isInside && name === chosen ? mutatedBytes(bytes, random) : bytes] as const,
        );
        const zip = zipSync(Object.fromEntries(files), { level });
        return isInside ? zip : mutatedBytes(zip, random);
      },
      read: (bytes) => {
        writeFileSync(join(folder, 'set.npz'), bytes);
        return read(join(folder, 'set.npz'));
      },
    }),
  ),
  target<readonly [name: string, bytes: Uint8Array]>('arrays.npy', (folder) =>
    Promise.resolve({
      make: (random) => {
        const name = pick(random, [...arrays.keys()]);
        return [name, mutatedBytes(arrays.get(name)!, random)] as const;
      },
      read: ([name, bytes]) => {
        for (const [file, whole] of arrays) writeFileSync(join(folder, file), file === name ? bytes : whole);
        return read(folder);
      },
    }),
  ),
  target<readonly [file: string, bytes: Uint8Array]>('pictures.bin', async (folder) => {
    const pictures = writePictures(await twoClasses({ dark: 3, light: 3 }), join(folder, 'pictures'));
    const settings = { ...configSchema.parse({}), name: 'fuzz', data: { folder: pictures, size: 8 } };
    const { data } = runConfigSchema.parse(settings);
    const cache = join(folder, 'cache');
    const ready = () =>
      readyPictures(pictures, data, { cache, signal, onPictures: () => undefined, onWait: () => undefined });
    await ready();
    const stores = join(cache, 'datasets', 'pictures');
    const store = join(
      stores,
      readdirSync(stores).find((name) => !name.includes('.'))!,
    );
    const samples = new Map(Object.values(storeFiles).map((file) => [file, readFileSync(join(store, file))]));
    const about: unknown = JSON.parse(samples.get(storeFiles.about)!.toString('utf8'));
    return {
      make: (random) => {
        const file = pick(random, [...samples.keys()]);
        const isAbout = file === storeFiles.about;
        return [file, isAbout ? mutatedJson(about, random) : mutatedBytes(samples.get(file)!, random)] as const;
      },
      // A damaged store counts as none: the pictures are decoded again.
      read: async ([changed, bytes]) => {
        for (const [file, whole] of samples) writeFileSync(join(store, file), file === changed ? bytes : whole);
        const { dataset } = await ready();
        const { stored } = dataset.training;
        const { size } = statSync(stored.file);
        stored.offsets.forEach((offset, index) => {
          if (offset + stored.widths[index]! * stored.heights[index]! * 3 > size)
            throw new Error(`Picture ${index} lies behind the end of the file.`);
        });
      },
    };
  }),
];
