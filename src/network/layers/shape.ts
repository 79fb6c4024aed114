/** Size of one image's activations after a layer. A linear layer's output is `channels` x 1 x 1. */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** `16 x 32 x 32`. */
export function shapeInWords({ channels, height, width }: Shape): string {
  return `${channels} x ${height} x ${width}`;
}
