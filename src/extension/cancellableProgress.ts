import * as vscode from 'vscode';
import { notificationText } from './messages';

export type Progress = vscode.Progress<{ message: string; increment?: number }>;

/**
 * Does something with a notification that shows its progress and has a button to cancel, which aborts the controller. What title
 * and steps quote may come from anybody.
 */
export function withCancellableProgress<Result>(
  title: string,
  controller: AbortController,
  act: (progress: Progress) => Promise<Result>,
): Thenable<Result> {
  const location = vscode.ProgressLocation.Notification;
  const options = { location, title: notificationText(title), cancellable: true };
  return vscode.window.withProgress(options, (progress, token) => {
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return act({
      report: (step) => {
        progress.report({ ...step, message: notificationText(step.message) });
      },
    });
  });
}
