import path from 'node:path';
import { UserError } from '../../../base/errors';
import type { NpmPrograms } from './npmPrograms';
import { ProgramFailure, runProgram, type ProgramOptions } from './runProgram';

/** Node-API version of the binding: what version 4.22 of the package is written for. */
const nodeApi = 8;

/**
 * Builds the package's native half from its source, against the library in its `deps` folder.
 * Throws a UserError where a compiler, make or Python is missing.
 */
export async function buildBinding(
  packageFolder: string,
  { nodeGyp, headers }: NpmPrograms,
  options: Pick<ProgramOptions, 'signal' | 'log'>,
): Promise<void> {
  const args = [
    nodeGyp,
    'rebuild',
    ...(headers === null ? [] : [`--nodedir=${headers}`]),
    '--module_name=tfjs_binding',
    `--module_path=${path.join(packageFolder, 'lib', `napi-v${nodeApi}`)}`,
    `--napi_build_version=${nodeApi}`,
  ];
  try {
    await runProgram(process.execPath, args, { ...options, cwd: packageFolder, env: linkerSettings() });
  } catch (error) {
    const advice = error instanceof ProgramFailure ? missingTool(error.output) : null;
    if (advice === null) throw error;
    throw new UserError(advice, { file: options.log, cause: error });
  }
}

/** On macOS the package's build says where the library is only for the official one, whose name is another than the wheel's. */
function linkerSettings(): Record<string, string> {
  return process.platform === 'darwin' ? { LDFLAGS: '-Wl,-rpath,@loader_path/../../deps/lib' } : {};
}

function missingTool(output: string): string | null {
  const how =
    process.platform === 'darwin'
      ? 'install them with "xcode-select --install"'
      : 'install them, on Debian and Ubuntu with "apt install build-essential python3"';
  if (
    /not found: make|`make` failed.*ENOENT|find Python|find any Python|(g\+\+|c\+\+): (not found|No such file)/i.test(
      output,
    )
  )
    return `TensorFlow's binding cannot be built without a C++ compiler, make and Python: ${how}, and try again.`;
  return null;
}
