import * as z from 'zod';
import { parseJson } from '../../base/parseJson';

/** As in a config. */
export const mostThreads = 256;

/** What the queue gives a trainer beside its run: its part of the machine. */
const placeSchema = z.object({
  /** CPU threads; the config's own number goes before. */
  threads: z.int().min(1).max(mostThreads).optional(),
  /** The engine that was measured for the run, and why it was taken; one that it was trained with before goes before. */
  engine: z.object({ id: z.string().max(100), reason: z.string().max(2000) }).optional(),
});
export type Place = z.infer<typeof placeSchema>;

const variable = 'SFP_LAB_PLACE';

/** The environment that tells a trainer its place. */
export function placeEnvironment(place: Place): Readonly<Record<string, string>> {
  return { [variable]: JSON.stringify(place) };
}

/** The place of this process: none of its own where nothing that is one was given to it. */
export function placeGiven(env: NodeJS.ProcessEnv = process.env): Place {
  return placeSchema.safeParse(parseJson(env[variable] ?? '')).data ?? {};
}
