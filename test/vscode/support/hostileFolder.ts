import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { RunManifest } from '../../../src/runs/model/format';
import { plausibleRun } from '../../fixtures/plausibleRun';
import type { ExperimentFolder } from './experimentFolder';

/** Markup, a link that is a command, sequences for a terminal, text that runs backwards, and a second line. */
const attack = '<img src=x onerror=alert(1)>[x](command:workbench.action.closeWindow)\u001b]52;c;eA==\u0007\u202e\nnet';

/** Configs that were made to stop the one that reads them, by their names. */
export const hostileConfigs: Readonly<Record<string, string>> = {
  'empty-pattern.sfp.json': '{ "pruning": { "layers": { "": { "rate": 0.1 } } } }\n',
  'long-pattern.sfp.json': `{ "pruning": { "layers": { "${'a'.repeat(70_000)}": { "rate": 0.1 } } } }\n`,
  'slow-pattern.sfp.json': '{ "pruning": { "layers": { "(([a-z0-9.]+)+)+X": { "rate": 0.1 } } } }\n',
  'deep.sfp.json': '['.repeat(3000) + ']'.repeat(3000),
  'many-keys.sfp.json': `{${Array.from({ length: 20_000 }, (_, at) => `"rats${at}":${at}`).join(',\n')}}`,
};

/** What the folders below lead to, outside of the workspace. */
export const outsideFiles: Readonly<Record<string, string>> = {
  'stop.request': 'somebody else’s\n',
  'events.jsonl': 'somebody else’s\n',
  'trainer.log': 'somebody else’s\n',
  'run.json': '{}\n',
  'checkpoints/epoch-0000/manifest.json': '{}\n',
  'checkpoints/epoch-0001.unfinished/manifest.json': '{}\n',
};

/** Run folders of which no `run.json` can be read, by the end of their names. */
export const unreadable = ['-nested', '-folder', '-linked', '-huge', '-pipe'] as const;

/** Puts them there; `outside` holds the files of `outsideFiles`. */
export async function addUnreadableRuns({ runsFolder }: ExperimentFolder, outside: string): Promise<void> {
  const makers: Readonly<Record<(typeof unreadable)[number], (manifest: string) => unknown>> = {
    '-nested': (manifest) => writeFile(manifest, '['.repeat(20_000)),
    '-folder': (manifest) => mkdir(manifest),
    '-linked': (manifest) => symlink(path.join(outside, 'run.json'), manifest),
    '-huge': async (manifest) => {
      await writeFile(manifest, '');
      await truncate(manifest, 600e6);
    },
    '-pipe': (manifest) => execFileSync('mkfifo', [manifest]),
  };
  for (const ending of unreadable) {
    const folder = path.join(runsFolder, `20260101T000000Z-strange${ending}`);
    await mkdir(folder, { recursive: true });
    await makers[ending](path.join(folder, 'run.json'));
  }
}

/**
 * A run of another's making beside those of the same experiment: all that it says is an attack, and all that is written into it
 * would be written to `outside`. It is `running` in a process that is not its trainer, or it `failed`.
 */
export async function addHostileRun(
  folder: ExperimentFolder,
  outside: string,
  { status, pid }: { readonly status: 'running' | 'failed'; readonly pid: number },
): Promise<string> {
  const run = plausibleRun({ experiment: 'trial', name: 'trial-l1', state: 'failed', epochs: 6 });
  const made = await folder.addRun(run, 'trial.sfp.json');
  const manifestFile = path.join(made, 'run.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as RunManifest;
  const changed = {
    ...manifest,
    name: `${status}-${attack}`,
    status,
    error: attack,
    process: { pid, host: hostname() },
    engine: { name: attack, device: attack, versions: {}, reason: attack },
    configFile: path.join(outside, 'run.json'),
  };
  await writeFile(manifestFile, JSON.stringify(changed));
  await appendFile(path.join(made, 'layers.bin'), Buffer.alloc(64, 0xff));
  const links = ['stop.request', 'trainer.log', 'checkpoints', ...(status === 'failed' ? ['events.jsonl'] : [])];
  for (const name of links) {
    await rm(path.join(made, name), { recursive: true, force: true });
    await symlink(path.join(outside, name), path.join(made, name));
  }
  return made;
}
