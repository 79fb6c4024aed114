import { applyEdits, modify } from 'jsonc-parser';
import type { SettingPath } from './settings';

/** The text of a config with the setting at a path set; everything else stays as it is, comments too. */
export function withSettingWritten(text: string, path: SettingPath, value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol };
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }));
}
