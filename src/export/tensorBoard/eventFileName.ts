/** TensorBoard knows its files by what is in front of the number, and reads those of a folder in the order of their names. */
const pattern = /^events\.out\.tfevents\.(\d{10})\.sfp-lab$/;

/** The name of a folder's next event file: behind all that are there, also where the clock was put back. `now` is in milliseconds. */
export function nextEventFile(names: readonly string[], now: number): string {
  const newest = names.reduce((number, name) => Math.max(number, Number(pattern.exec(name)?.[1] ?? 0)), 0);
  const number = Math.max(newest + 1, Math.floor(now / 1000));
  return `events.out.tfevents.${String(number).padStart(10, '0')}.sfp-lab`;
}
