import { rm } from 'node:fs/promises';
import { failureReason } from '../../../download/failure';
import { pipDownload } from './pip';
import { downloadWheel } from './pypi';
import type { Requirement } from './requirements';
import { tellNote, type Site } from './site';
import { unpackWheel } from './unpackWheel';
import { linkNvidia, nvidiaPlace } from './wheelLayout';

/** Fetches NVIDIA's libraries, each from the public index or with pip, and lays them where TensorFlow's looks for them. */
export async function addCudaLibraries(site: Site, requirements: readonly Requirement[]): Promise<void> {
  if (requirements.length === 0)
    throw new Error(
      'the wheel asks for no libraries of NVIDIA, as one for CPUs: one of tensorflow for Linux is needed',
    );
  for (const requirement of requirements) {
    const wheel = await fetchWheel(site, requirement);
    await unpackWheel(site, wheel, nvidiaPlace);
    // Together they are some gigabytes.
    await rm(wheel, { force: true });
  }
  await linkNvidia(site.deps);
}

async function fetchWheel(site: Site, requirement: Requirement): Promise<string> {
  const options = { folder: site.downloads, signal: site.signal, onProgress: site.onProgress };
  try {
    return await downloadWheel(requirement, options);
  } catch (error) {
    site.signal.throwIfAborted();
    tellNote(site, `${requirement.name} from pypi.org: ${failureReason(error)}.`);
    return pipDownload(requirement, options, site.log);
  }
}
