import * as z from 'zod';

/** The files of a store of decoded pictures. */
export const storeFiles = { pictures: 'pictures.bin', places: 'places.bin', about: 'about.json' } as const;
export const formatVersion = 1;

export const aboutSchema = z.object({
  formatVersion: z.literal(formatVersion),
  /** SHA-256 of what the pictures are and how they are decoded. */
  contents: z.string(),
  bytes: z.int().min(0),
  mostBytes: z.number(),
  isWhole: z.boolean(),
  broken: z.array(z.tuple([z.int().min(0), z.string()])),
});
/** What a store tells of itself. */
export type AboutStore = z.infer<typeof aboutSchema>;
