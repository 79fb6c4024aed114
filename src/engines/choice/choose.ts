import { UserError } from '../../base/errors';
import { findCandidates, openCandidate, type Candidate, type EngineSettings } from './candidates';
import type { Engine } from '../engine';
import { measureInIsolation, type MeasuringOrder } from './isolatedMeasurement';
import { wasDisturbed, type MeasuredRate } from './measuredRate';
import { measurementKey, Measurements } from './measurements';
import type { Workload } from '../workload';

/** What a config may ask for. */
export interface EngineWish {
  readonly name: 'auto' | Engine['description']['name'];
  readonly device: 'auto' | 'cpu' | 'gpu';
}

export interface ChooseOptions {
  /** Id of the engine that the run was trained with before: it is taken where it is there and fits, without measuring. */
  readonly before?: string | undefined;
  /** Id of the engine that somebody else has chosen for the run in the same way, and why: taken as `before` is, but after it. */
  readonly chosen?: { readonly id: string; readonly reason: string } | undefined;
  readonly signal?: AbortSignal;
  /** Called before each measurement, which takes some seconds. */
  readonly onMeasuring?: (title: string) => void;
  /** Measures one engine; in a process of its own if left out. */
  readonly measure?: (order: MeasuringOrder, signal: AbortSignal) => Promise<MeasuredRate>;
}

export interface ChosenEngine {
  /** Of the candidate, as in `tensorflow/cpu`. */
  readonly id: string;
  readonly engine: Engine;
  /** For people: why it was taken. */
  readonly reason: string;
}

/** An engine that is to be taken, and why. */
export interface ChosenCandidate {
  readonly candidate: Candidate;
  /** For people. */
  readonly reason: string;
}

/**
 * The engine a config asks for. Where several fit, a measurement of a few seconds with the config's own network decides; it is
 * kept, so that it is made once a machine, network and version, unless other programs disturbed it. Throws a UserError when
 * none fits or it cannot be loaded.
 */
export async function chooseEngine(
  wish: EngineWish,
  settings: EngineSettings,
  workload: Workload,
  options: ChooseOptions = {},
): Promise<ChosenEngine> {
  const { candidate, reason } = await chooseCandidate(wish, settings, workload, options);
  return { id: candidate.id, engine: await openCandidate(candidate.id, settings), reason };
}

/** As `chooseEngine`, but does not load the engine. */
export async function chooseCandidate(
  wish: EngineWish,
  settings: EngineSettings,
  workload: Workload,
  options: ChooseOptions = {},
): Promise<ChosenCandidate> {
  const all = await findCandidates(settings);
  const wished = all.filter((candidate) => fits(candidate, wish));
  const usable = wished.filter(({ available }) => available);
  const [first, ...others] = usable;
  if (!first) throw new UserError(noEngine(wish, wished));
  const before = usable.find(({ id }) => id === options.before);
  if (before) return { candidate: before, reason: 'The run was trained with it before.' };
  const chosen = usable.find(({ id }) => id === options.chosen?.id);
  if (chosen && options.chosen) return { candidate: chosen, reason: options.chosen.reason };
  if (others.length === 0) {
    const only = `The only engine set up here: ${first.title}.`;
    return { candidate: first, reason: wish.name === 'auto' ? only : 'The config asks for it.' };
  }
  const rates = await ratesOf(usable, settings, workload, options);
  return { candidate: fastest(rates).candidate, reason: comparison(rates, workload) };
}

function fits(candidate: Candidate, { name, device }: EngineWish): boolean {
  return (name === 'auto' || candidate.name === name) && (device === 'auto' || candidate.device === device);
}

function noEngine({ name, device }: EngineWish, wished: readonly Candidate[]): string {
  const wanted = [
    name === 'auto' ? 'an engine' : name,
    ...(device === 'auto' ? [] : [`on the ${device.toUpperCase()}`]),
  ];
  const why = wished.map(({ title, reason }) => `${title}: ${reason}`).join(' ');
  const asked = [
    ...(name === 'auto' ? [] : [`engine.name "${name}"`]),
    ...(device === 'auto' ? [] : [`engine.device "${device}"`]),
  ].join(' and ');
  return `The config asks for ${wanted.join(' ')} (${asked || 'engine.name "auto"'}), which is not there. ${why} Or set engine.name to "auto".`;
}

interface Rate {
  readonly candidate: Candidate;
  /** Null where it failed. */
  readonly measured: MeasuredRate | null;
  /** Why it failed. */
  readonly problem: string | null;
}

/** One after another, as two at once would disturb each other. */
async function ratesOf(
  candidates: readonly Candidate[],
  settings: EngineSettings,
  workload: Workload,
  { signal = new AbortController().signal, onMeasuring, measure = measureInIsolation }: ChooseOptions,
): Promise<Rate[]> {
  const kept = await Measurements.open(settings.enginesFolder);
  const rates: Rate[] = [];
  for (const candidate of candidates) {
    const key = measurementKey(candidate, settings, workload);
    const known = kept.get(key);
    if (!known) onMeasuring?.(candidate.title);
    const rate = known
      ? { candidate, measured: known, problem: null }
      : await newRate(candidate, () => measure({ id: candidate.id, settings, workload }, signal));
    signal.throwIfAborted();
    // A failure may be gone the next time (out of memory, a driver that was updated), and other programs as well.
    if (!known && rate.measured && !wasDisturbed(rate.measured))
      await kept.add(key, { ...rate.measured, ...described(candidate, workload) });
    rates.push(rate);
  }
  return rates;
}

async function newRate(candidate: Candidate, measure: () => Promise<MeasuredRate>): Promise<Rate> {
  try {
    return { candidate, measured: await measure(), problem: null };
  } catch (error) {
    return { candidate, measured: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function described({ title }: Candidate, { graph, batchSize }: Workload) {
  return { title, network: graph.name, batchSize, measured: new Date().toISOString() };
}

function fastest(rates: readonly Rate[]): Rate {
  const [first, ...others] = rates.filter(({ measured }) => measured !== null);
  if (!first) throw new UserError(`No engine could train the network. ${rates.map(told).join('; ')}.`);
  return others.reduce((best, each) => (imagesPerSecond(each) > imagesPerSecond(best) ? each : best), first);
}

function imagesPerSecond({ measured }: Rate): number {
  return measured?.imagesPerSecond ?? 0;
}

function comparison(rates: readonly Rate[], { graph, batchSize }: Workload): string {
  const { candidate } = fastest(rates);
  const ordered = [...rates].sort((a, b) => imagesPerSecond(b) - imagesPerSecond(a));
  const result = `Measured with ${graph.name} at batches of ${batchSize}: ${candidate.title} is the fastest here (${ordered.map(told).join('; ')}).`;
  const disturbed = ordered.filter(({ measured }) => measured && wasDisturbed(measured));
  if (disturbed.length === 0) return result;
  const titles = disturbed.map((each) => each.candidate.title).join(' and ');
  return `${result} This was measured while the machine was busy, so it will be measured again: ${titles}.`;
}

function told({ candidate, measured, problem }: Rate): string {
  return measured
    ? `${candidate.title} ${Math.round(measured.imagesPerSecond)} images/s`
    : `${candidate.title} failed: ${problem ?? 'no reason given'}`;
}
