import type { HostMessage, KeptState, WebviewMessage } from '../../src/protocol/messages';
import { unpacked, type PackedMessage } from '../../src/protocol/packed/packedMessage';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host as a webview sees it. */
export interface Host {
  /** The number that the host gave to this document. */
  readonly load: number;
  readonly post: (message: WebviewMessage) => void;
  /** Messages of an unknown kind are dropped: a newer host may say more than this view understands. */
  readonly onMessage: (listener: (message: HostMessage) => void) => void;
  /** What this view, or the one before it in the same place, has kept. */
  readonly kept: () => Partial<KeptState>;
  readonly keep: (state: KeptState) => void;
}

/** May be called once in the life of a page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  const { load, kept: keptElsewhere } = document.documentElement.dataset;
  return {
    load: Number(load),
    post: (message) => {
      api.postMessage(message);
    },
    onMessage: (listener) => {
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (isHostMessage(data)) listener(unpacked(data));
      });
    },
    kept: () => {
      const state = api.getState() ?? parsed(keptElsewhere);
      return typeof state === 'object' && state !== null ? state : {};
    },
    keep: (state) => {
      api.setState(state);
    },
  };
}

/** What a page in another webview had kept; undefined if there was none, or it is not JSON. */
function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

type Plain = Readonly<Record<string, unknown>>;

/** What has to be there of each kind of message. */
const isWhole: Readonly<Record<HostMessage['type'], (message: Plain) => boolean>> = {
  runs: ({ runs }) => Array.isArray(runs),
  records: ({ records }) => isPlain(records),
  update: ({ delta }) => isPlain(delta),
  network: ({ network }) => isPlain(network),
  reveal: ({ layer }) => typeof layer === 'string',
};

function isHostMessage(data: unknown): data is PackedMessage {
  if (!isPlain(data) || typeof data.type !== 'string' || !Object.hasOwn(isWhole, data.type)) return false;
  return isWhole[data.type as HostMessage['type']](data);
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}
