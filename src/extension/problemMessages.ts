import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import { showMessage, type MessageButton } from './messages';

/** Tells the user in one sentence what went wrong; details go to the output channel. */
export class ProblemMessages {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Shows an error with buttons that help. A UserError is shown as it is; any other error is also logged in full. */
  async show(error: unknown, ...buttons: MessageButton[]): Promise<void> {
    if (error instanceof UserError) {
      this.log.warn(error.message);
      await showMessage('error', error.message, buttons);
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
    await showMessage('error', sentence, [...buttons, showLog]);
  }

  /** Runs an action and shows its error when it fails. */
  async guard(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      await this.show(error);
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
