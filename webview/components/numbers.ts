/** Numbers as people read them; a narrow no-break space stands before a unit. */
const space = '\u202f';

export function percent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)}${space}%`;
}

/** A difference of two fractions in percentage points. */
export function points(difference: number): string {
  const value = (100 * difference).toFixed(1);
  return `${value === '-0.0' ? '0.0' : value.replace('-', '−')} points`;
}

/** 40,550,400 as `40.6 M`. */
export function compact(count: number): string {
  const units: [number, string][] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const unit = units.find(([size]) => Math.abs(count) >= size);
  if (!unit) return whole(count);
  const value = count / unit[0];
  return `${value.toFixed(value < 100 ? 1 : 0)}${space}${unit[1]}`;
}

/** 1,094,508 bytes as `1.09 MB`. */
export function bytes(count: number): string {
  const units: [number, string][] = [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ];
  const [size, unit] = units.find(([least]) => count >= least) ?? [1, 'bytes'];
  return `${size === 1 ? whole(count) : (count / size).toPrecision(3)}${space}${unit}`;
}

/** What became less has a minus, what became more a plus: `−39.0 %`. */
export function change(fraction: number): string {
  const text = percent(Math.abs(fraction));
  if (text === percent(0)) return text;
  return `${fraction < 0 ? '−' : '+'}${text}`;
}

const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
export function whole(count: number): string {
  // Without separators, and much quicker: a table has hundreds of them.
  if (Number.isInteger(count) && Math.abs(count) < 1000) return String(count);
  return wholeNumber.format(count);
}

/** Three significant digits, as scores and losses need them. */
export function significant(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return digits > 6 ? value.toExponential(2) : value.toFixed(digits);
}

/** As `significant`, without zeros at the end of a fraction: for axes, where `0.50` would say more than is meant. */
export function tick(value: number): string {
  const text = significant(value);
  return text.includes('e') ? text : String(Number(text));
}

export function duration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  if (rounded < 60) return `${rounded}${space}s`;
  const minutes = Math.round(rounded / 60);
  if (minutes < 60) return `${minutes}${space}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}${space}h ${String(minutes % 60).padStart(2, '0')}${space}min`;
  return `${Math.round(hours / 24)} days`;
}

export function count(amount: number, one: string, many = `${one}s`): string {
  return `${whole(amount)} ${amount === 1 ? one : many}`;
}
