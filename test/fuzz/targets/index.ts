import type { FuzzTarget } from '../target';
import { cacheTargets } from './cache';
import { configTargets } from './configs';
import { downloadTargets } from './downloads';
import { messageTargets } from './messages';
import { networkTargets } from './networks';
import { ownDataTargets } from './ownData';
import { pageTargets } from './pages';
import { resumeTargets } from './resume';
import { runFolderTargets } from './runFolder';
import { weightTargets } from './weights';

/** Every reader of a file or a message that comes from outside. */
export const targets: readonly FuzzTarget[] = [
  ...configTargets,
  ...runFolderTargets,
  ...resumeTargets,
  ...weightTargets,
  ...networkTargets,
  ...cacheTargets,
  ...ownDataTargets,
  ...downloadTargets,
  ...messageTargets,
  ...pageTargets,
];
