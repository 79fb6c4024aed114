import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultProfile } from '../../../../src/scheduling/slurm/profile';
import { findProfile, parseProfile, readProfile } from '../../../../src/scheduling/slurm/profileFile';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const messages = (text: string): string[] =>
  parseProfile(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('a profile', () => {
  it('has the defaults of the cluster for what it leaves out', () => {
    expect(parseProfile('{ /* nothing */ }').profile).toEqual(defaultProfile);
    expect(defaultProfile).toMatchObject({ graceSeconds: 120, modules: [], options: [], environment: {} });
  });

  it('takes comments and trailing commas', () => {
    const { profile } = parseProfile(
      '{\n// our GPUs\n"partition": "gpu", "gres": "gpu:1", "time": "2-12", "container": {"image": "sfp.sif"},\n}',
    );
    expect(profile).toMatchObject({ partition: 'gpu', time: '2-12', container: { program: 'apptainer', binds: [] } });
  });

  it('tells all that is wrong with it, each at its place', () => {
    expect(messages('{"time": 5, "partion": "x", "memory": "8 GB", "container": {"img": "x"}}')).toEqual([
      '1:10 "time" is 5; it must be a text.',
      '1:13 Unknown setting "partion"; did you mean "partition"?',
      '1:39 "memory" is "8 GB"; it must be megabytes, or a number with K, M, G or T, as in "8G".',
      '1:60 "container.image" is missing; it must be a text.',
      '1:61 Unknown setting "container.img"; did you mean "image"?',
    ]);
    expect(messages('{"environment": {"A B": "x"}}')).toEqual([
      '1:18 The key "A B" must be a name of letters, digits and _.',
    ]);
    expect(messages('[')).toHaveLength(1);
  });

  it.each(['--array=1', '--arr=1', '--output', '--sig=USR1', '--wrap=id', '-t5', 'time'])(
    'does not take the option %s',
    (option) => {
      expect(messages(JSON.stringify({ options: [option] }))).toHaveLength(1);
    },
  );

  it.each(['--exclusive', '--mail-type=END', '--nodelist=node1'])('takes the option %s', (option) => {
    expect(parseProfile(JSON.stringify({ options: [option] })).problems).toEqual([]);
  });

  it('is found by its name beside a config or above it, or by its path', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    const file = join(folder, 'gpu.slurm.json');
    writeFileSync(file, '{"qos": "long"}');
    expect(await findProfile('gpu', join(folder, 'a', 'b'))).toBe(file);
    expect(await findProfile(file, '/')).toBe(file);
    expect(await readProfile(file)).toMatchObject({ qos: 'long' });
    await expect(findProfile('cpu', folder)).rejects.toThrow(
      /There is no profile "cpu": neither in .* cpu\.slurm\.json\./,
    );
    await expect(readProfile(join(folder, 'x.slurm.json'))).rejects.toThrow(
      /There is no profile .*x\.slurm\.json; check its path/,
    );
    writeFileSync(file, '{"qos": 1}');
    await expect(readProfile(file)).rejects.toThrow(`${file}:1:9: "qos" is 1; it must be a text.`);
  });
});
