import * as vscode from 'vscode';
import type { ListedRun, RunList } from './runs/runList';

/** A run, as other extensions see it. */
export interface SfpLabRun {
  readonly id: string;
  readonly name: string;
  /** Runs that were started together from one config share it. */
  readonly experiment: string;
  /** Its folder; docs/run-format.md tells what is in it. */
  readonly folder: vscode.Uri;
  /** `lost`: it says that it is training, but nobody trains it. */
  readonly status: 'created' | 'running' | 'finished' | 'stopped' | 'failed' | 'lost';
  /** On the test images, as a fraction; null before the end. */
  readonly testAccuracy: number | null;
  /** Fraction of the multiply-adds that its masks save; null before the end. */
  readonly savedMultiplyAdds: number | null;
}

/** What `vscode.extensions.getExtension('sfp-lab.sfp-lab').activate()` gives. It only grows as long as `version` is 1. */
export interface SfpLabApi {
  readonly version: 1;
  /** The runs of the workspace, the newest first. */
  readonly runs: readonly SfpLabRun[];
  /** A run has come or gone, or has another status. */
  readonly onDidChange: vscode.Event<void>;
  /**
   * Starts the runs of a config as **Start SFP run** does, questions included, and gives those that were started: none where the user
   * wants none, or was told why they cannot be started.
   */
  start(config: vscode.Uri): Promise<readonly SfpLabRun[]>;
}

export interface ApiParts {
  readonly list: RunList;
  /** Starts the runs of a config, shows them, and gives their folders. */
  readonly start: (config: vscode.Uri) => Promise<readonly string[]>;
}

/** The interface for other extensions. A part that could not be set up throws when it is needed, not before. */
export function apiOf(parts: ApiParts): SfpLabApi {
  return {
    version: 1,
    get runs() {
      return parts.list.runs.map(shown);
    },
    get onDidChange() {
      return parts.list.onDidChange;
    },
    start: async (config) => {
      if (!(config instanceof vscode.Uri)) throw new TypeError('start() takes the vscode.Uri of a config.');
      const folders = await parts.start(config);
      return folders.flatMap((folder) => {
        const run = parts.list.at(folder);
        return run ? [shown(run)] : [];
      });
    },
  };
}

function shown({ id, name, experiment, folder, status, summary }: ListedRun): SfpLabRun {
  const multiplyAdds = summary?.multiplyAdds ?? null;
  return {
    id,
    name,
    experiment,
    folder: vscode.Uri.file(folder),
    status,
    testAccuracy: summary?.test?.accuracy ?? null,
    savedMultiplyAdds: multiplyAdds === null ? null : 1 - multiplyAdds.exact / multiplyAdds.dense,
  };
}
