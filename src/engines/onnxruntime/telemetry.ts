/**
 * To be called before onnxruntime is first used in this process or in one that it starts. Its builds for Linux and macOS
 * otherwise report to Microsoft what they are used for, which no experiment of ours needs, and leave an identifier and a queue in
 * the cache folder and an empty `mat-debug-….log` for each process in the folder for temporary files. A setting of the user's own
 * is left as it is.
 */
export function silenceTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
