import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runsPath } from '../../../src/runs/model/format';
import type { PlausibleRun } from '../../fixtures/plausibleRun';
import { writePlausibleRun } from '../../fixtures/plausibleRunFolder';

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
    return path.join(this.path, runsPath);
  }

  /** Puts a made-up run there, as the trainer would have written it. Returns its folder. */
  addRun(run: PlausibleRun, configFile: string): Promise<string> {
    return writePlausibleRun(this.runsFolder, run, path.join(this.path, configFile));
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
