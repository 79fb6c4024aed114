import * as z from 'zod';
import type { LayerGraph } from '../network/graph';
import type { NumberedRecord, RunDelta, RunHistory } from '../runs/model/history';

/**
 * The contract between the extension host and its webviews (dashboard, compare, layers, network).
 * A webview says `ready`, gets as `runs` what it shows first, as `records` what is older, and `update`s as runs go on. It may be
 * thrown away and start again at any time. Messages of the host are posted `packed`.
 */

/** Host to webview: the runs the view shows, in its order. A view without runs gets an empty list and shows its empty state. */
export interface RunsMessage {
  readonly type: 'runs';
  readonly runs: readonly RunHistory[];
  /** Those that belong to the view but cannot be read; left out where there are none. */
  readonly unreadable?: readonly UnreadableRun[];
  /** Ids of the runs of which older records are still to come; until then their prunings have none. */
  readonly awaited: readonly string[];
}

/** A run of a view that cannot be read, by its id and by what it is called, with the reason, a sentence. */
export interface UnreadableRun {
  readonly id: string;
  readonly name: string;
  readonly problem: string;
}

/** Host to webview: records of a shown run that were left out at first, the newest first. */
export interface RecordsMessage {
  readonly type: 'records';
  readonly id: string;
  /** By their numbers in layers.bin. */
  readonly records: readonly NumberedRecord[];
  /** Whether no more of this run are awaited. */
  readonly isLast: boolean;
}

/** Host to webview: what one of the shown runs has gained. */
export interface UpdateMessage {
  readonly type: 'update';
  readonly delta: RunDelta;
}

/** Host to webview, in the side bar: the network of a shown run, or a sentence why it is not known. */
export interface NetworkMessage {
  readonly type: 'network';
  readonly id: string;
  readonly network: { readonly graph: LayerGraph } | { readonly problem: string };
}

/** Host to webview, where layers are listed: the user wants to see this layer of a shown run. */
export interface RevealMessage {
  readonly type: 'reveal';
  readonly id: string;
  readonly layer: string;
}

/** What is said of one of the shown runs beside what has been recorded of it. */
export type RemarkMessage = NetworkMessage | RevealMessage;

export type HostMessage = RunsMessage | RecordsMessage | UpdateMessage | RemarkMessage;

const runId = z.string().min(1);

/** Webview to host; validated by the host, because a webview is not trusted. */
export const webviewMessageSchema = z.discriminatedUnion('type', [
  /** `load` is the number that the host gave to the page's document. */
  z.object({ type: z.literal('ready'), load: z.number().int().positive() }),
  /** Ask before stopping is the host's business. */
  z.object({ type: z.literal('stop'), runId }),
  z.object({ type: z.literal('resume'), runId }),
  z.object({ type: z.literal('openConfig'), runId }),
  z.object({ type: z.literal('openLog'), runId }),
  z.object({ type: z.literal('openDashboard'), runId }),
  z.object({ type: z.literal('measureSensitivity'), runId }),
  /** The rates at which a layer alone costs at most `drop` of the accuracy, a fraction. */
  z.object({ type: z.literal('writeSuggestedRates'), runId, drop: z.number().min(0).max(1) }),
  /** Which ones is asked by the host. */
  z.object({ type: z.literal('trainBaselines'), runId }),
  /** Makes and certifies the run's compact network, or does it again. */
  z.object({ type: z.literal('compact'), runId }),
  /** Which network, as what and where to is asked by the host. */
  z.object({ type: z.literal('export'), runId }),
  /** Shows the filters of a layer where all layers are listed. */
  z.object({ type: z.literal('revealLayer'), runId, layer: z.string().min(1).max(300) }),
  z.object({ type: z.literal('compare'), runIds: z.array(runId).min(2) }),
  /** One HTML file of these runs; where to is asked by the host. */
  z.object({ type: z.literal('report'), runIds: z.array(runId).min(1) }),
  /** The empty state's button. */
  z.object({ type: z.literal('startRun') }),
]);
export type WebviewMessage = z.infer<typeof webviewMessageSchema>;

/** What a webview keeps with setState; the serializer that restores a panel finds its runs here. `choices` is the view's own business. */
export const keptStateSchema = z.object({ runIds: z.array(runId), choices: z.unknown() });
export type KeptState = z.infer<typeof keptStateSchema>;
