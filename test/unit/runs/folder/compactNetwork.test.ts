import fc from 'fast-check';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { encodeSafetensors } from '../../../../src/formats/safetensors';
import { readCompactNetwork } from '../../../../src/runs/folder/compactNetwork';
import { compactResNet, lifelikeTensors } from '../../../fixtures/compactNetwork';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const tensors = lifelikeTensors(compactResNet);
let run: string;
let networkFile: string;
let weightsFile: string;

beforeEach(async () => {
  run = temporaryFolder();
  await mkdir(join(run, 'compact'));
  networkFile = join(run, 'compact', 'network.json');
  weightsFile = join(run, 'compact', 'weights.safetensors');
  await writeFile(networkFile, JSON.stringify(compactResNet));
  await writeFile(weightsFile, encodeSafetensors(tensors));
});

async function refusal(): Promise<string> {
  const error: unknown = await readCompactNetwork(run).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

describe('the compact network of a run', () => {
  it('is what was written, parameters and running statistics alone', async () => {
    const other = { shape: [1], data: Float32Array.of(1) };
    await writeFile(weightsFile, encodeSafetensors(new Map([...tensors, ['other', other]])));
    const read = await readCompactNetwork(run);
    expect(read.graph).toEqual(compactResNet);
    expect(read.tensors).toEqual(tensors);
  });

  it('is missing as long as nobody has made it', async () => {
    await rm(join(run, 'compact'), { recursive: true });
    expect(await refusal()).toMatch(/has no compact network yet; `sfp compact` makes it/);
  });

  it('is refused without its weights, or with others', async () => {
    const wider = new Map([...tensors, ['stem.bn.bias', { shape: [8], data: new Float32Array(8) }]]);
    await writeFile(weightsFile, encodeSafetensors(wider));
    expect(await refusal()).toMatch(
      /does not fit network\.json: "stem\.bn\.bias" must be \[7\], not \[8\]; compact the run/,
    );
    wider.delete('stem.bn.bias');
    await writeFile(weightsFile, encodeSafetensors(wider));
    expect(await refusal()).toMatch(/"stem\.bn\.bias" must be \[7\] and is missing/);
    await rm(weightsFile);
    expect(await refusal()).toMatch(/weights\.safetensors is not there/);
  });

  it('is refused before it is read when a file is larger than it can be', async () => {
    await truncate(weightsFile, 2 ** 33);
    expect(await refusal()).toMatch(/weights\.safetensors is larger than such a file can be/);
    await truncate(networkFile, 2 ** 33);
    expect(await refusal()).toMatch(/network\.json is larger than such a file can be/);
  });

  it('is refused or whole, whatever byte of its description is another', async () => {
    const text = await readFile(networkFile);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(text);
        damaged[at]! ^= flip;
        await writeFile(networkFile, damaged);
        await readCompactNetwork(run).catch((error: unknown) => {
          expect(error).toBeInstanceOf(UserError);
        });
      }),
      { numRuns: 300 },
    );
  });
});
