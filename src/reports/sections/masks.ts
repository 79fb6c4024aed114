import { maskStrips } from '../figures/maskStrips';
import { representativeOf, type Subject } from '../subject/subject';
import { markup, type Markup } from '../text/markup';
import { plural, shortened } from '../text/numbers';
import { figure, note, section } from './section';

/** Of more the file would become large, and nobody would compare them. */
const mostSettings = 12;
const mostLayers = 64;

/** What the newest pruning of one run a setting has left, layer by layer. */
export function masksSection({ settings }: Subject): Markup | null {
  const pruned = settings.flatMap((setting) => {
    const run = representativeOf(setting);
    const layers = run?.prunings.at(-1)?.record?.layers ?? [];
    return run && layers.some(({ mask }) => mask.includes(0)) ? [{ setting, run, layers }] : [];
  });
  if (pruned.length === 0) return null;
  const left = pruned.length - mostSettings;
  const figures = pruned.slice(0, mostSettings).map(({ setting, run, layers }) => {
    const { name, config } = run.manifest;
    const strips = maskStrips(
      layers.slice(0, mostLayers).filter(({ mask }) => mask.length > 0),
      `Filters that ${setting.label} keeps, by layer`,
    );
    const more = layers.length > mostLayers ? ` ${layers.length - mostLayers} more layers are not drawn.` : '';
    return figure(setting.label, strips, `${shortened(name, 80)}, seed ${config.training.seed}.${more}`);
  });
  return section('Masks of the final pruning', [
    markup`<div class="figures">
${figures}</div>
`,
    note(
      `A row is a layer, a filled cell a filter that is kept; in layers of more than 125 filters a cell has several, and is the paler the more of them are pruned. One run stands for each setting: other seeds prune others.${left > 0 ? ` ${plural(left, 'more setting')} ${left === 1 ? 'is' : 'are'} not drawn.` : ''}`,
    ),
  ]);
}
