import { listEngines } from '../../engines/choose';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

/** `sfp engines`: what networks can be computed with on this machine. */
export async function engines({ json }: { readonly json?: boolean }): Promise<void> {
  const found = await listEngines();
  if (json) {
    printJson({ engines: found });
    return;
  }
  const { green, red, dim } = colours();
  const rows = found.map(({ name, device, available, reason }) => [
    name,
    available ? green('yes') : red('no'),
    device,
    reason,
  ]);
  print(table([{ title: 'engine' }, { title: 'usable' }, { title: 'device' }, { title: 'why' }], rows, dim));
}
