import { describe, expect, it } from 'vitest';
import { isForPlatform, newestVersionIn, wheelIn } from '../../../../../src/engines/tensorflow/install/indexAnswers';

const listed = {
  packagetype: 'bdist_wheel',
  filename: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
  url: 'https://files.example.org/tensorflow.whl',
  size: 10,
  digests: { sha256: '0'.repeat(64) },
};
const asked = { name: 'tensorflow', version: '2.21.0' };
const found = (...urls: unknown[]) => wheelIn({ urls }, asked, 'linux', 'x64');

describe('an answer of the package index', () => {
  it('gives the newest version of a range, or says in half a sentence that there is none', () => {
    const releases = { '2.20.0': [], '2.21.0': [], '3.0.0': [] };
    expect(newestVersionIn({ releases }, { name: 'tensorflow', range: '<3' })).toBe('2.21.0');
    expect(() => newestVersionIn({ releases }, { name: 'tensorflow', range: '>4' })).toThrow(
      'there is no tensorflow >4',
    );
    for (const answer of [null, 'no JSON', [], { releases: 5 }])
      expect(() => newestVersionIn(answer, { name: 'tensorflow', range: '<3' })).toThrow(
        'the index does not say which versions of tensorflow there are',
      );
  });

  it('gives the wheel for the platform, and passes over what is listed in another way', () => {
    expect(found({ ...listed, packagetype: 'sdist' }, { filename: 5 }, null, listed)).toEqual(listed);
    expect(() => found({ ...listed, size: -1 })).toThrow('tensorflow 2.21.0 has no wheel for linux/x64');
    expect(() => wheelIn({ urls: 'none' }, asked)).toThrow('the index does not say which files tensorflow 2.21.0 has');
  });

  it.each([
    ['filename', '../../manylinux_x86_64.whl'],
    ['filename', '/etc/manylinux_x86_64.whl'],
    ['filename', 'a\u001b[2J-manylinux_x86_64.whl'],
    ['url', 'file:///etc/passwd'],
    ['url', 'javascript:alert(1)'],
  ])('a %s of %s is not taken', (key, value) => {
    expect(() => found({ ...listed, [key]: value })).toThrow('has no wheel');
  });

  it('tells by the name of a wheel whether it runs here', () => {
    const name = (tag: string) => `tensorflow-2.21.0-cp312-cp312-${tag}.whl`;
    expect(isForPlatform(name('manylinux_2_27_x86_64'), 'linux', 'x64')).toBe(true);
    expect(isForPlatform(name('manylinux_2_27_aarch64'), 'linux', 'x64')).toBe(false);
    expect(isForPlatform(name('manylinux_2_27_aarch64'), 'linux', 'arm64')).toBe(true);
    expect(isForPlatform(name('macosx_12_0_arm64'), 'darwin', 'arm64')).toBe(true);
    expect(isForPlatform(name('win_amd64'), 'linux', 'x64')).toBe(false);
  });
});
