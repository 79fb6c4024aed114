import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { ExperimentFolder } from './experimentFolder';
import { VsCode, type ThemeName } from './vsCode';

export interface StoryOptions {
  /** Files of the folder that is open, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What else there is before VS Code opens it. */
  readonly prepare?: (folder: ExperimentFolder) => Promise<void>;
  readonly theme?: ThemeName;
  readonly workspaceTrust?: boolean;
  /** Added to the environment of VS Code; asked for when everything is prepared. */
  readonly env?: () => Readonly<Record<string, string>>;
}

/** Where a story takes place. */
export interface Scene {
  readonly folder: ExperimentFolder;
  readonly code: VsCode;
}

/**
 * One VS Code on one folder for all tests of a describe block, which go on from one another as a user does.
 * After a test that failed there is a screenshot with its name.
 */
export function story({ files, prepare, env, ...options }: StoryOptions): Scene {
  const scene: { folder?: ExperimentFolder; code?: VsCode } = {};
  beforeAll(async () => {
    scene.folder = await ExperimentFolder.make(files);
    await prepare?.(scene.folder);
    const provided = { chromium: inject('chromium'), extensionsFolder: inject('extensionsFolder') };
    scene.code = await VsCode.open({ folder: scene.folder.path, ...provided, ...options, env: env?.() ?? {} });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await scene.code?.screenshot(`failed ${task.name.replace(/[^\w]+/g, ' ')}`);
    console.error(`"${task.name}" failed; the window showed:`, await scene.code?.describe());
  });
  afterAll(async () => {
    await scene.code?.close();
    await scene.folder?.remove();
  });
  return {
    get folder() {
      return there(scene.folder);
    },
    get code() {
      return there(scene.code);
    },
  };
}

function there<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('The story has not begun.');
  return thing;
}
