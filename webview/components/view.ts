import { render, type TemplateResult } from 'lit-html';
import type { UnreadableRun, WebviewMessage } from '../../src/protocol/messages';
import { onThemeChange } from './theme';
import { connectHost } from './host';
import { received, type ShownRun } from './shownRuns';
import { installTooltip } from './tooltip';
import { unreadableNotes } from './unreadableNotes';

export interface ViewState<Choices> {
  /** In the host's order; null until the host has answered. */
  readonly runs: readonly ShownRun[] | null;
  /** Runs that would be here if they could be read. */
  readonly unreadable: readonly UnreadableRun[];
  /** What the user has set; it outlives the page. */
  readonly choices: Choices;
}

export interface Actions<Choices> {
  readonly choose: (changed: Partial<Choices>) => void;
  readonly post: (message: WebviewMessage) => void;
}

export interface View<Choices extends object> {
  readonly defaults: Choices;
  /** Called after every change, at most once a frame. */
  readonly template: (state: ViewState<Choices>, actions: Actions<Choices>) => TemplateResult;
  /** The user wants to see a layer: called once, before the page is drawn with what is chosen then. */
  readonly reveal?: (layer: string, state: ViewState<Choices>, actions: Actions<Choices>) => void;
}

/** While records arrive that nobody may be looking at, the page is drawn anew so often, in milliseconds. */
const arrivalsEvery = 300;

/** Runs a view in this page: messages and choices go into the state, the state into the page, never the other way. */
export function mountView<Choices extends object>({ defaults, template, reveal }: View<Choices>): void {
  const host = connectHost();
  let state: ViewState<Choices> = { runs: null, unreadable: [], choices: restored(defaults, host.kept().choices) };
  let scheduled = false;
  let arrivals: ReturnType<typeof setTimeout> | null = null;

  const change = (next: ViewState<Choices>): void => {
    state = next;
    if (state.runs) host.keep({ runIds: idsOf(state), choices: state.choices });
    paintSoon();
  };
  const actions: Actions<Choices> = {
    choose: (changed) => {
      change({ ...state, choices: { ...state.choices, ...changed } });
    },
    post: host.post,
  };
  const paintSoon = (): void => {
    if (scheduled) return;
    scheduled = true;
    if (arrivals !== null) clearTimeout(arrivals);
    arrivals = null;
    requestAnimationFrame(() => {
      scheduled = false;
      render([unreadableNotes(state.unreadable), template(state, actions)], document.body);
    });
  };

  host.onMessage((message) => {
    if (message.type === 'reveal') {
      reveal?.(message.layer, state, actions);
      return;
    }
    const runs = received(state.runs, message);
    if (message.type === 'runs') change({ ...state, runs, unreadable: message.unreadable ?? [] });
    else state = { ...state, runs };
    if (message.type === 'records' && !message.isLast) arrivals ??= setTimeout(paintSoon, arrivalsEvery);
    else paintSoon();
  });
  document.querySelector('#notice')?.remove();
  installTooltip();
  onThemeChange(paintSoon);
  paintSoon();
  host.post({ type: 'ready', load: host.load });
}

/** Of all runs that the view was asked for, also of those that are not to be seen now. */
function idsOf<Choices>({ runs, unreadable }: ViewState<Choices>): string[] {
  return [...(runs ?? []).map(({ manifest }) => manifest.id), ...unreadable.map(({ id }) => id)];
}

/** Kept choices may come from another version: only what has the kind of its default, or a null default, is taken over. */
function restored<Choices extends object>(defaults: Choices, kept: unknown): Choices {
  if (typeof kept !== 'object' || kept === null) return defaults;
  const fits = (key: string, value: unknown): boolean =>
    key in defaults && ['null', kindOf(value)].includes(kindOf(defaults[key as keyof Choices]));
  return { ...defaults, ...Object.fromEntries(Object.entries(kept).filter(([key, value]) => fits(key, value))) };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
