import * as z from 'zod';
import { parseJson } from '../../base/parseJson';
import { measuredRateSchema, stepTimesSchema, type MeasuredRate, type StepTimes } from './measuredRate';

const versionsSchema = z.record(z.string(), z.string());

/** What a process that measures an engine says among whatever its libraries say. Throws an Error when it says nothing of the kind. */
export function measuredRateIn(output: string): MeasuredRate {
  const rate = measuredRateSchema.safeParse(told(output, /^measured (.*)$/m));
  if (rate.success) return rate.data;
  throw new Error('its process gave no rate');
}

/** The same of one that tells its steps. */
export function stepTimesIn(output: string): StepTimes {
  const times = stepTimesSchema.safeParse(told(output, /^stepped (.*)$/m));
  if (times.success) return times.data;
  throw new Error('its process gave no times');
}

/** The versions of an engine's libraries, of a process that checked it. Throws an Error when it does not tell them. */
export function versionsIn(output: string): Readonly<Record<string, string>> {
  const versions = versionsSchema.safeParse(told(output, /^agrees (.*)$/m));
  if (versions.success) return versions.data;
  throw new Error('its process gave no answer');
}

function told(output: string, line: RegExp): unknown {
  return parseJson(line.exec(output)?.[1] ?? '');
}
