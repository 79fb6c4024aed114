import { homedir, userInfo } from 'node:os';
import { visibleText } from '../base/visibleText';

/** What is private on this machine. */
export interface Surroundings {
  readonly home: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const secretNames = /TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|AUTH/i;
/** Shorter values are words that texts have anyway. */
const shortestSecret = 6;
const hidden = '***';

/** Patterns of secrets that need no knowledge of the machine. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // User and password of a URL, as of a proxy; then what it is asked for, where keys are found.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"']*(?:@[^\s/?#@"']*)*@/gi, `$1${hidden}@`],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s?#"']+)\?[^\s#"']*/gi, `$1?${hidden}`],
  [/((?:_auth|_authToken|_password)\s*=\s*)\S+/gi, `$1${hidden}`],
  [/\b((?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/gi, `$1${hidden}`],
  [/\b(?:npm|ghp|gho|ghu|ghs|ghr|github_pat|hf|glpat|pypi|sk)[_-][\w-]{16,}/g, hidden],
];

/** This user on this machine. */
export function theseSurroundings(): Surroundings {
  return { home: homedir(), user: userName(), environment: process.env };
}

/**
 * A text that may be shown to strangers: paths of home begin with ~, other users' homes are named by nothing, and values of
 * secret environment variables, credentials in URLs and tokens are stars. Control characters, with which a name from a file
 * could talk to a terminal, are made visible.
 */
export function withoutSecrets(text: string, surroundings: Surroundings): string {
  const { home, user, environment } = surroundings;
  let shown = visibleText(text);
  for (const value of secretsIn(environment)) shown = shown.replaceAll(value, hidden);
  for (const [pattern, stars] of patterns) shown = shown.replaceAll(pattern, stars);
  if (home.length > 1) shown = shown.replaceAll(new RegExp(`${escaped(home)}(?![\\w.-])`, 'gi'), '~');
  shown = shown.replaceAll(/([/\\](?:home|Users)[/\\])[^/\\\s]+/g, `$1${hidden}`);
  // Names such as `root` are no secret, and `a` would be stars all over.
  if (user.length >= 3 && user !== 'root')
    shown = shown.replaceAll(new RegExp(`(?<![\\w-])${escaped(user)}(?![\\w-])`, 'g'), hidden);
  return shown;
}

/** The longest first, as one may contain another. */
function secretsIn(environment: Surroundings['environment']): string[] {
  const values = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && value.length >= shortestSecret && secretNames.test(name) ? [value] : [],
  );
  return values.sort((one, other) => other.length - one.length);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user that has no entry in the system's list, as in some containers.
    return '';
  }
}
