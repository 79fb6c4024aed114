/** A fraction as `42.2 %`, with a no-break space. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}\u00a0%`;
}

/** An estimated time: `40 min`, `1 h 30 min`; never less than a minute. */
export function hoursAndMinutes(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}\u00a0min` : `${hours}\u00a0h ${minutes % 60}\u00a0min`;
}

/** `235 MB`, `2.5 GB`, in millions as disks count. */
export function diskSize(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)}\u00a0MB` : `${(bytes / 1e9).toFixed(1)}\u00a0GB`;
}
