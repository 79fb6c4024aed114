import { UserError } from '../errors';
import type { Engine } from './engine';
import { onnxruntimeEngine } from './onnxruntime';

/** What a config may ask for. */
export type EngineChoice = 'auto' | Engine['description']['name'];

export interface ListedEngine {
  readonly name: Engine['description']['name'];
  /** For people; empty when the engine is not available. */
  readonly device: string;
  readonly available: boolean;
  /** Why it is, or is not, used. */
  readonly reason: string;
}

const builtInReason = 'onnxruntime on the CPU is the engine that comes with the installation.';

/**
 * The engine a config asks for, and a sentence saying why it was taken; `auto` takes the fastest that is there.
 * Throws a UserError when the engine cannot be loaded. `threads` null means one for each physical core.
 */
export async function chooseEngine(
  name: EngineChoice,
  options: { readonly threads?: number | null } = {},
): Promise<{ engine: Engine; reason: string }> {
  if (name === 'tensorflow')
    throw new UserError('There is no engine "tensorflow" in this version; set engine.name to "auto" or "onnxruntime".');
  const engine = await onnxruntimeEngine(options);
  return { engine, reason: name === 'auto' ? builtInReason : 'The config asks for onnxruntime.' };
}

/** All engines, with the reason why each is or is not used by `auto`. */
export async function listEngines(): Promise<ListedEngine[]> {
  try {
    const { description } = await onnxruntimeEngine();
    return [{ name: description.name, device: description.device, available: true, reason: builtInReason }];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name: 'onnxruntime', device: '', available: false, reason }];
  }
}
