import * as z from 'zod';
import { visibleText } from '../../base/visibleText';

/** Limits far above any network that this program can run; they keep sizes computed from a file within bounds. */
export const most = { layers: 10_000, name: 300, channels: 65_536, extent: 4096, kernel: 64 };

/** A name that somebody else has written may hide something: it is seen then. Ours have nothing to hide. */
export const name = z.string().min(1).max(most.name).overwrite(visibleText);
export const channels = z.int().min(1).max(most.channels);
export const extent = z.int().min(1).max(most.extent);
export const kernelExtent = z.int().min(1).max(most.kernel);
export const stride = kernelExtent;
export const padding = z.int().min(0).max(most.kernel);
