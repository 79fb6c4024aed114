import { epochAxis, type ChartContent } from './chartContent';
import { scaledFont } from './lineChart';
import { seriesColour, theme } from './theme';

/** A copy of a chart's canvas with title and legend, on the theme's background, to paste into a document. */
export function chartPicture(canvas: HTMLCanvasElement, content: ChartContent): HTMLCanvasElement {
  const scale = window.devicePixelRatio;
  const lineHeight = 18 * scale;
  const indent = 10 * scale;
  const picture = document.createElement('canvas');
  picture.width = canvas.width;
  picture.height = canvas.height + lineHeight * (content.runs.length + 2);
  const context = picture.getContext('2d')!;
  const { background, foreground, axisFont } = theme();
  context.fillStyle = background;
  context.fillRect(0, 0, picture.width, picture.height);
  context.font = scaledFont(axisFont, scale);
  context.fillStyle = foreground;
  const { title } = content.axis ?? epochAxis;
  const curves = content.measures.filter(({ line }) => line !== 'none').map(({ name, line }) => `${name} (${line})`);
  context.fillText(`${content.title} by ${title.toLowerCase()}: ${curves.join(', ')}`, indent, lineHeight);
  context.drawImage(canvas, 0, lineHeight + scale);
  for (const [index, { letter, label, colour }] of content.runs.entries()) {
    context.fillStyle = seriesColour(colour);
    context.fillText(`${letter}  ${label}`, indent, canvas.height + lineHeight * (index + 2));
  }
  return picture;
}
