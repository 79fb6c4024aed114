/** Something that is better the higher its `gain` and the lower its `cost`. */
export interface Tradeoff {
  readonly gain: number;
  readonly cost: number;
}

/** Those that no other one beats in both, or in one at the same other, the cheapest first (Pareto, 1896). */
export function paretoFront<Point extends Tradeoff>(points: readonly Point[]): Point[] {
  const byCost = [...points].sort((a, b) => a.cost - b.cost || b.gain - a.gain);
  let best: Tradeoff = { gain: -Infinity, cost: -Infinity };
  return byCost.filter((point) => {
    const isBeaten = point.gain < best.gain || (point.gain === best.gain && point.cost > best.cost);
    if (!isBeaten) best = point;
    return !isBeaten;
  });
}
