import * as vscode from 'vscode';

export type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** Does something with a notification that shows its progress and has a button to cancel, which aborts the controller. */
export function withCancellableProgress<Result>(
  title: string,
  controller: AbortController,
  act: (progress: Progress) => Promise<Result>,
): Thenable<Result> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
    token.onCancellationRequested(() => {
      controller.abort();
    });
    return act(progress);
  });
}
