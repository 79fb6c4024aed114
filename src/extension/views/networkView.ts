import { UserError } from '../../base/errors';
import type { NetworkMessage } from '../../protocol/messages';
import { runNetwork } from '../../runs/folder/runNetwork';
import type { SelectedRun } from '../runs/selectedRun';
import type { PageContext } from './runsPage';
import { SelectedRunView } from './selectedRunView';

/** The Network view in the side bar: the layers of the selected run's network, and what they read. */
export class NetworkView extends SelectedRunView {
  constructor(context: PageContext, selected: SelectedRun) {
    super('network', context, selected);
  }

  protected override onSent(): void {
    for (const id of this.page?.ids ?? []) void this.#tell(id);
  }

  /** A network does not change in the life of a run. */
  async #tell(id: string): Promise<void> {
    const network = await this.#networkOf(id);
    if (network) await this.page?.say({ type: 'network', id, network });
  }

  async #networkOf(id: string): Promise<NetworkMessage['network'] | null> {
    const run = this.context.list.find(id);
    const history = this.context.followed.historyOf(id);
    if (!run || !history) return null;
    try {
      const { graph } = await runNetwork(run.folder, history.manifest);
      return { graph };
    } catch (error) {
      if (!(error instanceof UserError)) this.context.log.error(error instanceof Error ? error : String(error));
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}
