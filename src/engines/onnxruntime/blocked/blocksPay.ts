import type { LayerGraph } from '../../../network/graph';
import { inferShapes } from '../../../network/shapes';
import { ChannelPlaces } from './channelPlaces';
import { layerForms } from './forms';

/**
 * How many times the activations may be filled up. Measured with residual networks in training: about twice as fast as plain
 * convolutions where nothing is filled up, as fast where there are twice the values, slower beyond.
 */
const mostFilling = 2;

/**
 * Which share of what convolutions give may go by way of the plain layout. Measured with residual networks in training: a fifth
 * faster than plain convolutions at a quarter, as fast at nine tenths.
 */
const mostDetours = 0.5;

/** Why plain convolutions are about as fast as blocked ones or faster, as a clause; null where blocked ones are. */
export function whyPlainPays(graph: LayerGraph, block: number): string | null {
  const [shapes, forms] = [inferShapes(graph), layerForms(graph, block)];
  const convolutions = graph.layers.filter(({ kind }) => kind === 'conv');
  // Images are not filled up.
  const placesOf = (name: string): ChannelPlaces | null => {
    const { output } = forms.get(name)!;
    return output instanceof ChannelPlaces ? output : null;
  };
  const values = (names: readonly string[], channelsOf: (name: string) => number): number =>
    names.reduce((sum, name) => sum + channelsOf(name) * shapes.get(name)!.height * shapes.get(name)!.width, 0);
  const own = (name: string): number => shapes.get(name)!.channels;

  const readOrGiven = convolutions.flatMap(({ name, inputs }) => [name, ...inputs]).filter(placesOf);
  if (values(readOrGiven, (name) => placesOf(name)!.stored) > mostFilling * values(readOrGiven, own))
    return `the layers are narrow, so that whole blocks of ${block} would more than double them`;
  const given = convolutions.map(({ name }) => name).filter(placesOf);
  const detours = given.filter((name) => forms.get(name)!.isDetour);
  return values(detours, own) > mostDetours * values(given, own)
    ? `most convolutions have groups, dilation or uneven strides, for which there are no blocked ones`
    : null;
}
