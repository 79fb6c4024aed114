import type * as vscode from 'vscode';
import { visibleLines, visibleText } from '../base/visibleText';

/** An output channel in which a text from a file is one line and can do nothing; errors may have several. */
export function visibleLog(channel: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const value = <Value>(is: Value) => ({ value: is });
  return Object.create(channel, {
    info: value((text: string) => {
      channel.info(visibleText(text));
    }),
    warn: value((text: string) => {
      channel.warn(visibleText(text));
    }),
    error: value((error: string | Error) => {
      channel.error(visibleLines(typeof error === 'string' ? error : (error.stack ?? error.message)));
    }),
    show: value((preserveFocus?: boolean) => {
      channel.show(preserveFocus);
    }),
    dispose: value(() => {
      channel.dispose();
    }),
  }) as vscode.LogOutputChannel;
}
