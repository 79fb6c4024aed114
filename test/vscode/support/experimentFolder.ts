import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRun } from '../../../src/runs/create';
import { RunWriter } from '../../../src/runs/writer';
import type { PlausibleRun } from '../../fixtures/plausibleRun';

/** A folder as a researcher has it: configs, and runs in .sfp/runs. */
export class ExperimentFolder {
  private constructor(readonly path: string) {}

  static async make(files: Readonly<Record<string, string>>): Promise<ExperimentFolder> {
    const folder = new ExperimentFolder(await mkdtemp(path.join(tmpdir(), 'sfp-lab-experiment-')));
    for (const [name, text] of Object.entries(files)) await folder.write(name, text);
    return folder;
  }

  async write(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  get runsFolder(): string {
    return path.join(this.path, '.sfp', 'runs');
  }

  /** Puts a made-up run there, as the trainer would have written it. Returns its folder. */
  async addRun({ manifest, deltas, history }: PlausibleRun, configFile: string): Promise<string> {
    const { config, experiment, versions, git } = manifest;
    const file = path.join(this.path, configFile);
    const folder = await createRun(this.runsFolder, { config, experiment, configFile: file, versions, git });
    const writer = await RunWriter.open(folder);
    for (const { events, records } of deltas) {
      for (const record of records) await writer.layers(record);
      for (const event of events) await writer.event(event);
    }
    const { engine, summary, error, status } = history.manifest;
    await writer.update({ status, engine, summary, error });
    await writer.close();
    return folder;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
