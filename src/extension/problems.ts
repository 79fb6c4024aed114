import * as vscode from 'vscode';
import { UserError } from '../base/errors';

/** A button of a message, and what it does. */
export interface Remedy {
  readonly title: string;
  readonly act: () => unknown;
}

/** Tells the user what went wrong: one sentence; whatever more there is to know goes to the output channel. */
export class ProblemTeller {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Shows an error with buttons that help. A UserError is shown as it is; another one is logged in full. */
  async tell(error: unknown, ...remedies: Remedy[]): Promise<void> {
    if (error instanceof UserError) {
      this.log.warn(error.message);
      await showWithRemedies('error', error.message, remedies);
      return;
    }
    this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const showLog = {
      title: vscode.l10n.t('Show output'),
      act: () => {
        this.log.show();
      },
    };
    const sentence = vscode.l10n.t('SFP Lab could not do this: {0}', firstLine(error));
    await showWithRemedies('error', sentence, [...remedies, showLog]);
  }

  /** Runs an action and tells when it fails. */
  async guard(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      await this.tell(error);
    }
  }
}

/** A notification with buttons; resolves after the chosen one has acted. */
export async function showWithRemedies(
  kind: 'information' | 'warning' | 'error',
  message: string,
  remedies: readonly Remedy[],
): Promise<void> {
  const show = {
    information: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[kind];
  const chosen = await show(message, ...remedies.map(({ title }) => title));
  await remedies.find(({ title }) => title === chosen)?.act();
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
