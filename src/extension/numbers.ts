/** A fraction as `42.2 %`, with a no-break space. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}\u00a0%`;
}
