/** What arrived is not the file that was asked for. */
export class DamagedFile extends Error {}

const meanings: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name could not be resolved',
  EAI_AGAIN: 'its name could not be resolved',
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'the connection broke',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'it did not answer',
  ENOTCACHED: 'npm is set to work offline',
};

/** Why a download failed, as half a sentence for people. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof statusCode === 'number') return `it answered with HTTP status ${statusCode}`;
  return meanings[String(code)] ?? error.message;
}
