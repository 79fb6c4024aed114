import type { ConfigDocument } from './document';
import type { Config } from './schema';
import type { SettingPath } from './settings';
import { settingAt } from './sweep';
import { isRange, sweptValues } from './sweptValues';

/** Where a setting has a value that a run has: in the sweep, if that tries it, else in its own place. */
export function placeOfValue(config: Config, setting: string, value: unknown): SettingPath {
  return placeInGrid(config, setting, value) ?? placeInPoints(config, setting, value) ?? setting.split('.');
}

function placeInGrid({ sweep }: Config, setting: string, value: unknown): SettingPath | null {
  const values = sweep && Object.hasOwn(sweep.settings, setting) ? sweep.settings[setting] : undefined;
  if (values === undefined) return null;
  const index = sweptValues(setting, values).findIndex((tried) => tried === value);
  if (index < 0) return null;
  const place = ['sweep', setting];
  if (!isRange(values)) return [...place, index];
  return index === 0 ? [...place, 'from'] : index === values.count - 1 ? [...place, 'to'] : place;
}

function placeInPoints(config: Config, setting: string, value: unknown): SettingPath | null {
  if (settingAt(config, setting) === value) return null;
  const index = (config.sweep?.points ?? []).findIndex(
    (point) => Object.hasOwn(point, setting) && point[setting] === value,
  );
  return index < 0 ? null : ['sweep', 'points', index, setting];
}

/** Every place in a config where a value of a setting is written: its own, and those in the sweep. */
export function writtenPlaces(document: ConfigDocument, setting: string): SettingPath[] {
  const swept = document.valueAt(['sweep', setting]);
  const points = document.valueAt(['sweep', 'points']);
  const places: SettingPath[] = [
    setting.split('.'),
    ...(Array.isArray(swept)
      ? swept.map((_, index) => ['sweep', setting, index])
      : [
          ['sweep', setting, 'from'],
          ['sweep', setting, 'to'],
        ]),
    ...(Array.isArray(points) ? points.map((_, index) => ['sweep', 'points', index, setting]) : []),
  ];
  return places.filter((place) => document.valueAt(place) !== undefined);
}
