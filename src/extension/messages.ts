import * as vscode from 'vscode';
import { visibleLines } from '../base/visibleText';

/** A button of a message, and what it does. */
export interface MessageButton {
  readonly title: string;
  readonly act: () => unknown;
}

/** Shows a notification with buttons; resolves after the chosen one has acted. What it quotes may come from anybody. */
export async function showMessage(
  kind: 'information' | 'warning' | 'error',
  message: string,
  buttons: readonly MessageButton[],
): Promise<void> {
  const show = {
    information: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[kind];
  const chosen = await show(notificationText(message), ...buttons.map(({ title }) => title));
  await buttons.find(({ title }) => title === chosen)?.act();
}

/**
 * What a notification may say of names and messages from anywhere: VS Code would make a link of `[text](command:…)`, which runs
 * the command.
 */
export function notificationText(text: string): string {
  return visibleLines(text).replaceAll('](', '] (');
}
