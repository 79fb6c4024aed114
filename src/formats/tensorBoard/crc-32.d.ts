/** What is used of crc-32, which has types for its other half only. */
declare module 'crc-32/crc32c.js' {
  /** CRC-32C (Castagnoli) as a signed 32-bit number. */
  export function buf(bytes: Uint8Array): number;
}
