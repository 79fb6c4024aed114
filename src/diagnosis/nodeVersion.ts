import { engines } from '../../package.json';
import { good, problem, type Finding } from './finding';

/** The oldest Node that training runs in: `>=20.19` of package.json as [20, 19]. */
const oldest = engines.node.replace('>=', '').split('.').map(Number);

/** Whether this Node, which also trains where a command line starts the training, is new enough. */
export function nodeFindings(version = process.versions.node): Finding[] {
  const what = `Node ${version} on ${process.platform} ${process.arch}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest;
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isNewEnough
    ? [good(`${what}.`)]
    : [problem(`${what} is too old.`, `Install Node ${oldest.join('.')} or newer.`)];
}
