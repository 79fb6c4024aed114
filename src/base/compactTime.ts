/** `20261124T060721Z`: sorts by time and is a file name everywhere. */
export function compactTime(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}
