/** How numbers are written for people. An unknown number is a dash. */

export const unknown = '–';

/** A fraction as a percentage: `90.83 %`. */
export function percent(fraction: number | null | undefined, digits = 2): string {
  return fraction == null ? unknown : `${(100 * fraction).toFixed(digits)} %`;
}

/** 40,550,400 multiply-adds as `40.55 M`. */
export function millions(count: number): string {
  return `${(count / 1e6).toFixed(2)} M`;
}

/** Digits in groups of three, with at most two decimals. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** `1:02:03`, `2:03`, `0:03`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return unknown;
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

export function loss(value: number): string {
  return value.toFixed(3);
}

export function speed(imagesPerSecond: number | null | undefined): string {
  return imagesPerSecond == null ? unknown : imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0);
}

/** `2026-11-24 06:07` in local time. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
