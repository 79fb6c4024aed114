import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { manifestText } from '../../src/runs/folder/create';
import { fileNames, type RunManifest } from '../../src/runs/model/format';
import { plausibleRun } from '../../test/fixtures/plausibleRun';
import { writeRun } from '../../test/fixtures/writeRun';

/** A process id that no system gives away: the run is lost, and nothing sums it up. */
const noProcess = { pid: 2 ** 30, host: hostname() };

const epochs = 200;
/** A trainer reports once a second. */
const progressPerEpoch = 20;
/** So many are told in full; the others are these again under other names. */
const stories = 6;

export interface MadeRuns {
  /** Of the runs, the newest first. */
  readonly folders: readonly string[];
  /** `events.jsonl` and `layers.bin` go on with these. */
  readonly lines: { readonly progress: string; readonly epoch: string };
}

interface Story {
  readonly manifest: RunManifest;
  readonly events: string;
  readonly layers: Buffer;
}

/**
 * Fills a folder with runs of ResNet-20 over 200 epochs as trainers would have left them that were killed: none has a summary.
 * `active` of them are trained by this process.
 */
export async function makeRuns(runsFolder: string, count: number, active: number): Promise<MadeRuns> {
  const told: Story[] = [];
  for (let seed = 1; seed <= stories; seed++) told.push(await story(join(runsFolder, 'story'), seed));
  const folders: string[] = [];
  for (let index = 0; index < count; index++) {
    const { manifest, events, layers } = told[index % stories]!;
    const created = new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();
    const id = `${created.replace(/[-:]|\.\d+/g, '')}-${manifest.name}-${index.toString(16).padStart(6, '0')}`;
    const folder = join(runsFolder, id);
    await mkdir(folder, { recursive: true });
    const trainer = index < active ? { pid: process.pid, host: hostname() } : noProcess;
    const own: RunManifest = { ...manifest, id, created, status: 'running', process: trainer };
    await writeFile(join(folder, fileNames.run), manifestText(own));
    await writeFile(join(folder, fileNames.events), events);
    await writeFile(join(folder, fileNames.layers), layers);
    folders.push(folder);
  }
  const lines = told[0]!.events.split('\n');
  const newest = (type: string): string => `${lines.findLast((line) => line.includes(`"type":"${type}"`)) ?? ''}\n`;
  return { folders, lines: { progress: newest('progress'), epoch: newest('epoch') } };
}

async function story(scratch: string, seed: number): Promise<Story> {
  const run = plausibleRun({
    epochs: epochs + 1,
    epochsDone: epochs,
    state: 'training',
    seed,
    name: `resnet20-${seed}`,
  });
  const folder = await writeRun(scratch, run);
  const lines = (await readFile(join(folder, fileNames.events), 'utf8')).split('\n');
  const events = lines.flatMap((line) =>
    line.includes('"type":"progress"') ? Array.from({ length: progressPerEpoch }, () => line) : [line],
  );
  const layers = await readFile(join(folder, fileNames.layers));
  await rm(scratch, { recursive: true });
  return { manifest: run.manifest, events: events.join('\n'), layers };
}
