import { datasets } from '../config/choices';
import { datasetInfo, datasetState } from '../data/sets/datasets';
import { absent, good, remark, type Finding, type Place } from './finding';

/** Which data sets are in the cache; each is read whole and compared with its checksum. */
export async function datasetFindings({ cache }: Pick<Place, 'cache'>, stateOf = datasetState): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of datasets) {
    const { title } = datasetInfo(name);
    const state = await stateOf(name, cache);
    if (state === 'good') findings.push(good(`${title} is in the cache, verified to the last byte.`));
    else if (state === 'missing')
      findings.push(absent(`${title} is not in the cache; the first run that needs it fetches it.`));
    else findings.push(remark(`${title} is damaged in the cache.`, `\`sfp data get ${name}\` makes it again.`));
  }
  return findings;
}
