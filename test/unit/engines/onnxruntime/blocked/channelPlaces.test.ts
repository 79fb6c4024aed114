import { describe, expect, it } from 'vitest';
import { ChannelPlaces } from '../../../../../src/engines/onnxruntime/blocked/channelPlaces';

const block = 4;
const filledUp = (count: number) => ChannelPlaces.filledUp(count, block);

describe('channels in blocks of four', () => {
  it.each([
    [filledUp(3), 4, [0, 1, 2]],
    [filledUp(8), 8, [0, 1, 2, 3, 4, 5, 6, 7]],
    [ChannelPlaces.joined([filledUp(3), filledUp(5), filledUp(1)]), 16, [0, 1, 2, 4, 5, 6, 7, 8, 12]],
    // Appended channels take what fills up the end, unless there is a hole before.
    [filledUp(3).withAppended(2, block), 8, [0, 1, 2, 3, 4]],
    [ChannelPlaces.joined([filledUp(1), filledUp(1)]).withAppended(1, block), 12, [0, 4, 8]],
    [ChannelPlaces.joined([filledUp(1), filledUp(1)]).withAppended(0, block), 8, [0, 4]],
  ])('case %#: lie where they do', (channels, stored, places) => {
    expect(channels.stored).toBe(stored);
    expect(channels.places).toEqual(places);
    expect(channels.isFilled).toBe(stored > places.length);
    expect(channels.hasHoles).toBe(places.at(-1)! >= places.length);
  });

  it('are known from what fills up', () => {
    const joined = ChannelPlaces.joined([filledUp(1), filledUp(2)]);
    expect(joined.channels()).toEqual([0, null, null, null, 1, 2, null, null]);
    expect([...joined.marks()]).toEqual([1, 0, 0, 0, 1, 1, 0, 0]);
  });

  it('lie in the same places as others, or do not', () => {
    const joined = ChannelPlaces.joined([filledUp(4), filledUp(2)]);
    expect(joined.isSameAs(filledUp(6))).toBe(true);
    expect(joined.isSameAs(filledUp(7))).toBe(false);
    expect(ChannelPlaces.joined([filledUp(2), filledUp(4)]).isSameAs(filledUp(6))).toBe(false);
  });
});
