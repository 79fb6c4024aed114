import { UserError } from '../base/errors';
import { visibleText } from '../base/visibleText';
import { runConfigSchema, type RunConfig } from '../config/schema';
import type { DatasetInfo } from '../data/dataset';
import type { Shape } from '../network/graph';
import { proposedData, type DataProposal } from './proposedData';

/**
 * The data that a network may be for, as `proposedData`, where a config in this folder finds it: images that are there already
 * are counted, and said to be there. Those that cannot be used are left to the config's own problems, which name what is wrong.
 */
export async function countedData(folder: string, images: Shape, classes: number): Promise<DataProposal> {
  const proposal = proposedData(images, classes);
  if (proposal.trainingImages !== null) return proposal;
  const { data } = runConfigSchema.parse({ name: 'proposed', data: proposal.data.value });
  const found = await lookedAt(data, folder);
  if (found?.own === undefined) return proposal;
  const reason = `For a network of ${classes} classes. They are there: ${visibleText(found.own.reading)}.`;
  return {
    data: { value: proposal.data.value, reason },
    trainingImages: found.own.validationFrom ?? found.trainingCount,
  };
}

/** Null where they are not there, or cannot be used. */
async function lookedAt(data: RunConfig['data'], folder: string): Promise<DatasetInfo | null> {
  try {
    // Loaded by who needs it: few networks have their images beside them.
    const { lookAtOwn } = await import('../data/own/lookAtOwn');
    return await lookAtOwn(data, folder);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
