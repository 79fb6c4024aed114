import type { RunConfig } from '../../config/schema';
import { cacheFolder } from '../../base/cacheFolder';
import { datasetInfo, ensureDataset } from '../../data/sets/datasets';
import { DownloadDisplay } from '../downloadDisplay';
import { StopSignal } from '../stopSignal';
import { print, printJson } from '../terminal';

/** `sfp data get`: fetches a data set into the cache, or makes sure that it is there. */
export async function getData(
  name: RunConfig['data']['dataset'],
  { json }: { readonly json?: boolean },
): Promise<void> {
  const { title, trainingCount, testCount } = datasetInfo(name);
  const display = json ? null : new DownloadDisplay(title);
  const stop = new StopSignal();
  try {
    await ensureDataset(name, {
      signal: stop.signal,
      onProgress: (progress) => {
        display?.show(progress);
      },
    });
  } finally {
    display?.end();
    stop.dispose();
  }
  if (json) printJson({ name, cache: cacheFolder(), training: trainingCount, test: testCount });
  else print(`${title} is in ${cacheFolder()}: ${trainingCount} training and ${testCount} test images, verified.`);
}
