import { UserError } from '../errors';
import { findCandidates, openCandidate, type Candidate, type EngineSettings } from './candidates';
import type { Engine } from './engine';
import { measureInIsolation, type MeasuringOrder } from './isolatedMeasurement';
import { measurementKey, Measurements, type Measurement } from './measurements';
import type { Workload } from './workload';

/** What a config may ask for. */
export interface EngineWish {
  readonly name: 'auto' | Engine['description']['name'];
  readonly device: 'auto' | 'cpu' | 'gpu';
}

export interface ChooseOptions {
  /** Id of the engine that the run was trained with before: it is taken where it is there and fits, without measuring. */
  readonly before?: string | undefined;
  readonly signal?: AbortSignal;
  /** Called before each measurement, which takes some seconds. */
  readonly onMeasuring?: (title: string) => void;
  /** Measures one engine; in a process of its own if left out. */
  readonly measure?: (order: MeasuringOrder, signal: AbortSignal) => Promise<number>;
}

export interface ChosenEngine {
  /** Of the candidate, as in `tensorflow/cpu`. */
  readonly id: string;
  readonly engine: Engine;
  /** For people: why it was taken. */
  readonly reason: string;
}

/**
 * The engine a config asks for. Where several fit, a measurement of a few seconds with the config's own network decides; it is
 * kept, so that it is made once a machine, network and version. Throws a UserError when none fits or it cannot be loaded.
 */
export async function chooseEngine(
  wish: EngineWish,
  settings: EngineSettings,
  workload: Workload,
  options: ChooseOptions = {},
): Promise<ChosenEngine> {
  const all = await findCandidates(settings);
  const wished = all.filter((candidate) => fits(candidate, wish));
  const usable = wished.filter(({ available }) => available);
  const [first, ...others] = usable;
  if (!first) throw new UserError(noEngine(wish, wished));
  const before = usable.find(({ id }) => id === options.before);
  if (before) return opened(before, settings, 'The run was trained with it before.');
  if (others.length === 0)
    return opened(
      first,
      settings,
      wish.name === 'auto' ? `The only engine set up here: ${first.title}.` : 'The config asks for it.',
    );
  const rates = await ratesOf(usable, settings, workload, options);
  return opened(fastest(rates).candidate, settings, comparison(rates, workload));
}

async function opened({ id }: Candidate, settings: EngineSettings, reason: string): Promise<ChosenEngine> {
  return { id, engine: await openCandidate(id, settings), reason };
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
  readonly measurement: Measurement;
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
    let measurement = kept.get(key);
    if (!measurement) {
      onMeasuring?.(candidate.title);
      const result = await measured(() => measure({ id: candidate.id, settings, workload }, signal));
      signal.throwIfAborted();
      measurement = { ...result, ...described(candidate, workload) };
      // A failure may be gone the next time: out of memory, a driver that was updated.
      if (result.imagesPerSecond !== null) await kept.add(key, measurement);
    }
    rates.push({ candidate, measurement });
  }
  return rates;
}

async function measured(measure: () => Promise<number>): Promise<Pick<Measurement, 'imagesPerSecond' | 'problem'>> {
  try {
    return { imagesPerSecond: await measure(), problem: null };
  } catch (error) {
    return { imagesPerSecond: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function described({ title }: Candidate, { graph, batchSize }: Workload) {
  return { title, network: graph.name, batchSize, measured: new Date().toISOString() };
}

function fastest(rates: readonly Rate[]): Rate {
  const working = rates.filter(({ measurement }) => measurement.imagesPerSecond !== null);
  const [first, ...others] = working;
  if (!first) throw new UserError(`No engine could train the network. ${rates.map(told).join('; ')}.`);
  const rateOf = ({ measurement }: Rate): number => measurement.imagesPerSecond ?? 0;
  return others.reduce((best, each) => (rateOf(each) > rateOf(best) ? each : best), first);
}

function comparison(rates: readonly Rate[], { graph, batchSize }: Workload): string {
  const { candidate } = fastest(rates);
  const ordered = [...rates].sort(
    (a, b) => (b.measurement.imagesPerSecond ?? 0) - (a.measurement.imagesPerSecond ?? 0),
  );
  return `Measured with ${graph.name} at batches of ${batchSize}: ${candidate.title} is the fastest here (${ordered.map(told).join('; ')}).`;
}

function told({ candidate, measurement: { imagesPerSecond, problem } }: Rate): string {
  return imagesPerSecond === null
    ? `${candidate.title} failed: ${problem ?? 'no reason given'}`
    : `${candidate.title} ${Math.round(imagesPerSecond)} images/s`;
}
