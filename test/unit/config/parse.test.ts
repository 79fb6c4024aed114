import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse';

/** `line:column-endLine:endColumn message`, and the text that the place covers. */
function problemsOf(text: string): string[] {
  return parseConfig(text).problems.map(({ line, column, endLine, endColumn, message }) => {
    const lines = text.split('\n');
    const covered = line === endLine ? lines[line - 1]!.slice(column - 1, endColumn - 1) : `${lines[line - 1]!}…`;
    return `${line}:${column} ${covered} -> ${message}`;
  });
}

describe('a config that is right', () => {
  test('may leave out everything: the defaults are the paper’s recipe', () => {
    const { config } = parseConfig('{}');
    expect(config).toMatchObject({
      model: { arch: 'resnet20' },
      data: { dataset: 'cifar10', validation: null, augment: 'crop-flip', shuffle: true, limit: null },
      training: {
        epochs: 200,
        batchSize: 128,
        optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
        seed: 1,
      },
      pruning: { criterion: 'l2', rate: 0.3, schedule: 'soft', everyEpochs: 1, layers: {} },
    });
  });

  test('may have comments and trailing commas', () => {
    const { config, problems } = parseConfig(`{
      // the strong one
      "pruning": { "rate": 0.4, /* of all layers */ },
    }`);
    expect(problems).toEqual([]);
    expect(config?.pruning.rate).toBe(0.4);
  });

  test('may name its schema', () => {
    expect(parseConfig('{"$schema": "./config.schema.json"}').problems).toEqual([]);
  });
});

describe('what is not JSON is told once, at its place', () => {
  test.each([
    ['', '1:1  -> The config is empty; it must be an object in braces, {} at least.'],
    ['  // nothing here', '1:1   // nothing here -> The config is empty; it must be an object in braces, {} at least.'],
    ['epochs: 3', '1:1 epochs -> This is not JSON at "epochs": texts need double quotes.'],
    ['{ "a" 1 }', '1:7 1 -> This is not JSON at "1": a colon should be here.'],
    ['{"data": {"limit": 5}', '1:22  -> This is not JSON at the end of the text: a closing brace should be here.'],
    ['{"name": "a\n}', '1:10 "a -> This is not JSON at "\\"a": a text is not closed by a double quote.'],
    ['{} {}', '1:4 { -> This is not JSON at "{": nothing may follow the closing brace.'],
    ['[1]', '1:1 [1] -> The config is a list; it must be an object in braces.'],
    ['null', '1:1 null -> The config is null; it must be an object in braces.'],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('nor is what is longer or deeper than a config can be', () => {
    expect(problemsOf('['.repeat(3000) + ']'.repeat(3000))).toEqual([
      '1:65 [ -> This is nested too deep; a config has at most 64 levels.',
    ]);
    expect(problemsOf(`{"name":"${'x'.repeat(1_000_000)}"}`)).toEqual([
      '1:1 { -> The config is too long; it must have at most 1000000 characters.',
    ]);
  });

  test('whatever the text is', () => {
    const textLike = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('{"__proto__": {"a": 1}}'));
    fc.assert(
      fc.property(textLike, (text) => {
        const { config, problems } = parseConfig(text);
        expect(config === null).toBe(problems.length > 0);
        for (const { line, column, endLine, endColumn } of problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(endLine > line || endColumn >= column).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const many = (count: number, piece: (index: number) => string) => Array.from({ length: count }, (_, at) => piece(at));

describe('a config that was made to do harm is told in a moment, and never throws', () => {
  test('an empty pattern, and one that is longer than a name', () => {
    expect(problemsOf('{"pruning":{"layers":{"":{"rate":0.1}}}}')).toEqual([
      '1:23 "" -> The key "" of pruning.layers must be 1 to 200 characters, without control characters.',
    ]);
    const long = `"${'a'.repeat(70_000)}"`;
    expect(problemsOf(`{"pruning":{"layers":{${long}:{"rate":0.1}}}}`)).toEqual([
      `1:23 ${long} -> The key "${'a'.repeat(60)}…" of pruning.layers must be 1 to 200 characters, without control characters.`,
    ]);
  });

  test('20,000 unknown keys: the first hundred of them, and how many more there are', () => {
    const problems = problemsOf(`{${many(20_000, (at) => `"rats${at}":${at}`).join()}}`);
    expect(problems).toHaveLength(101);
    expect(problems[0]).toMatch(/^1:2 "rats0" -> Unknown setting "rats0"; it can be /);
    expect(problems[100]).toBe('1:1182 "rats100" -> There are 19900 more problems from here on.');
  });

  test('100,000 values of a sweep: that they are too many', () => {
    expect(problemsOf(`{"sweep":{"training.seed":[${many(100_000, String).join()}]}}`)).toEqual([
      '1:2 "sweep" -> The sweep makes 100000 runs; it must make at most 1000.',
    ]);
    const lists = many(9, (at) => `"training.${at}":[${many(100, String).join()}]`);
    expect(parseConfig(`{"sweep":{${lists.join()}}}`).problems[0]?.message).toBe(
      'The sweep makes billions of runs; it must make at most 1000.',
    );
  });

  test('more patterns than there are layers, and more learning rates than anybody writes', () => {
    const layers = many(1001, (at) => `"a${at}":{"rate":0}`).join();
    const steps = many(1001, () => '{"epoch":-1}').join();
    const { problems } = parseConfig(
      `{"pruning":{"layers":{${layers}}},\n"training":{"learningRateSchedule":[${steps}]}}`,
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'pruning.layers is an object; it must be an object in braces of at most 1000 entries.',
      'training.learningRateSchedule is a list; it must be a list of at most 1000 values.',
    ]);
  });

  test.each([
    ['{"training":{"optimizer":{"learningRate":1e999}}}', 'larger than any number; it must be a number above 0.'],
    ['{"training":{"epochs":1e300}}', '1e+300; it must be a whole number of at least 1 and at most 100000.'],
    [
      String.raw`{"training":{"initialWeights":"a\u0000b"}}`,
      String.raw`"a\u0000b"; it must be a path, id or name of 1 to 1000 characters, without control characters or null.`,
    ],
    ['{"name":"../../elsewhere"}', '"../../elsewhere"; it must be 1 to 64 letters,'],
  ])('%s', (text, message) => {
    const [problem, ...others] = parseConfig(text).problems;
    expect(problem?.message).toContain(` is ${message}`);
    expect(others).toEqual([]);
  });

  test('a key that is none: its value is not taken for the settings of the object around it', () => {
    expect(problemsOf('{"pruning":{"__proto__":{"rate":0.9}}}')).toEqual([
      '1:13 "__proto__" -> There is no setting "__proto__"; leave it out.',
    ]);
  });

  test('what is quoted of it shows its control characters, and stays on one line', () => {
    const [problem] = parseConfig(
      String.raw`{"a\u001b]52;c;x\u0007\nb\u202e":1,"a\u001b]52;c;x\u0007\nb\u202e":2}`,
    ).problems.slice(-1);
    expect(problem?.message).toBe(String.raw`"a\u001b]52;c;x\u0007\nb\u202e" is there twice; leave one of them out.`);
  });
});

describe('wrong values are told with what is allowed', () => {
  test.each([
    ['{"pruning":{"rate":1.2}}', '1:20 1.2 -> pruning.rate is 1.2; it must be at least 0 and below 1.'],
    ['{"pruning":{"rate":1}}', '1:20 1 -> pruning.rate is 1; it must be at least 0 and below 1.'],
    [
      '{"pruning":{"rate":"0.3"}}',
      '1:20 "0.3" -> pruning.rate is "0.3"; it must be a number of at least 0 and below 1.',
    ],
    [
      '{"pruning":{"criterion":"L1"}}',
      '1:25 "L1" -> pruning.criterion is "L1"; it must be "l1", "l2", "fpgm", "bn-scale", "taylor" or "random".',
    ],
    [
      '{"pruning":{"schedule":"Hard"}}',
      '1:24 "Hard" -> pruning.schedule is "Hard"; it must be "soft", "hard", "asymptotic" or "one-shot".',
    ],
    [
      '{"training":{"epochs":1.5}}',
      '1:23 1.5 -> training.epochs is 1.5; it must be a whole number of at least 1 and at most 100000.',
    ],
    [
      '{"training":{"optimizer":{"learningRate":0}}}',
      '1:42 0 -> training.optimizer.learningRate is 0; it must be above 0.',
    ],
    [
      '{"training":{"optimizer":{"nesterov":1}}}',
      '1:38 1 -> training.optimizer.nesterov is 1; it must be true or false.',
    ],
    [
      '{"training":{"seed":-1}}',
      '1:21 -1 -> training.seed is -1; it must be a whole number of at least 0 and at most 4294967295.',
    ],
    ['{"data":{"limit":"x"}}', '1:18 "x" -> data.limit is "x"; it must be a whole number of at least 1 or null.'],
    ['{"data":[]}', '1:9 [] -> data is an empty list; it must be an object in braces.'],
    ['{"data":null}', '1:9 null -> data is null; it must be an object in braces.'],
    [
      '{"name":"my run"}',
      '1:9 "my run" -> name is "my run"; it must be 1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit.',
    ],
    [
      '{"pruning":{"layers":{"stem.*":{}}}}',
      '1:32 {} -> pruning.layers["stem.*"].rate is missing; it must be a number of at least 0 and below 1.',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('all of them, in the order of the text, one for each place', () => {
    const text = `{
  "training": { "epochs": 0, "seed": 1e20 },
  "model": { "arch": "vgg19" }
}`;
    expect(problemsOf(text)).toEqual([
      '2:27 0 -> training.epochs is 0; it must be a whole number of at least 1 and at most 100000.',
      '2:38 1e20 -> training.seed is 100000000000000000000; it must be a whole number of at least 0 and at most 4294967295.',
      '3:22 "vgg19" -> model.arch is "vgg19"; it must be "resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "vgg16", "mobilenetv1" or "mobilenetv2".',
    ]);
  });

  test('with the path of the value, for programs', () => {
    const [problem] = parseConfig('{"training":{"learningRateSchedule":[{"epoch":-1,"learningRate":0.1}]}}').problems;
    expect(problem?.path).toEqual(['training', 'learningRateSchedule', 0, 'epoch']);
    expect(problem?.message).toContain('training.learningRateSchedule[0].epoch is -1');
  });
});

describe('keys', () => {
  test.each([
    ['{"pruning":{"ratee":0.1}}', '1:13 "ratee" -> Unknown setting "pruning.ratee"; did you mean "rate"?'],
    ['{"prunning":{}}', '1:2 "prunning" -> Unknown setting "prunning"; did you mean "pruning"?'],
    ['{"model":{"depth":20}}', '1:11 "depth" -> Unknown setting "model.depth"; it can be arch, onnx or tfjs.'],
    ['{"engine":{"gpu":true}}', '1:12 "gpu" -> Unknown setting "engine.gpu"; it can be name, device, threads or tf32.'],
    ['{"name":"a","name":"b"}', '1:13 "name" -> "name" is there twice; leave one of them out.'],
    ['{"data":{"limit":500,"limit":600}}', '1:22 "limit" -> "limit" is there twice; leave one of them out.'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});

describe('the values of a sweep are judged as values of their settings', () => {
  test.each([
    ['{"sweep":{"pruning.rate":[0.3,1.2]}}', '1:31 1.2 -> pruning.rate is 1.2; it must be at least 0 and below 1.'],
    [
      '{"sweep":{"pruning.criterion":["l3"]}}',
      '1:32 "l3" -> pruning.criterion is "l3"; it must be "l1", "l2", "fpgm", "bn-scale", "taylor" or "random".',
    ],
    [
      '{"sweep":{"training.seed":[[1]]}}',
      '1:28 [1] -> training.seed is a list; it must be a whole number of at least 0 and at most 4294967295.',
    ],
    [
      '{"sweep":{"pruning.rat":[0.1]}}',
      '1:11 "pruning.rat" -> Unknown setting "pruning.rat" in the sweep; did you mean "pruning.rate"?',
    ],
    ['{"sweep":{"training.seed":[1,2,1]}}', '1:32 1 -> training.seed is swept over 1 twice; leave one of them out.'],
    [
      '{"sweep":{"training.seed":[]}}',
      '1:27 [] -> sweep["training.seed"] is an empty list; it must be a list of at least 1 value, or a range: { "from": …, "to": …, "count": … }.',
    ],
    [
      '{"sweep":{"pruning.criterion":"l1"}}',
      '1:31 "l1" -> sweep["pruning.criterion"] is "l1"; it must be a list of at least 1 value.',
    ],
    [
      '{"sweep":{"pruning.criterion":{"from":1,"to":2,"count":2}}}',
      '1:31 {"from":1,"to":2,"count":2} -> sweep["pruning.criterion"] is an object; it must be a list of at least 1 value.',
    ],
    ['{"sweep":["a"]}', '1:10 ["a"] -> sweep is a list; it must be an object in braces.'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('a setting with no single value cannot be swept', () => {
    const [problem] = parseConfig('{"sweep":{"training.learningRateSchedule":[1]}}').problems;
    expect(problem?.message).toMatch(
      /^Unknown setting "training.learningRateSchedule" in the sweep; it can be model.arch,/,
    );
  });

  test.each([
    ['{"from":0.1,"to":1,"count":3}', '1:43 1 -> pruning.rate is 1; it must be at least 0 and below 1.'],
    [
      '{"from":0.1,"count":3}',
      '1:26 {"from":0.1,"count":3} -> sweep["pruning.rate"].to is missing; it must be a number.',
    ],
    [
      '{"from":0.1,"to":0.5,"count":1}',
      '1:55 1 -> sweep["pruning.rate"].count is 1; it must be a whole number of at least 2 and at most 1000.',
    ],
    [
      '{"from":0.1,"to":0.5,"step":0.1}',
      '1:47 "step" -> Unknown setting "sweep["pruning.rate"].step"; it can be from, to, count or scale.',
    ],
    [
      '{"from":0,"to":0.5,"count":3,"scale":"log"}',
      '1:34 0 -> sweep["pruning.rate"].from is 0; it must be above 0, as equal factors never lead to 0: give another end, or leave "scale" out.',
    ],
    [
      '{"from":0.1,"to":0.1,"count":3}',
      '1:55 3 -> sweep["pruning.rate"].count is 3, but that gives only 1 different number from 0.1 to 0.1; take fewer.',
    ],
  ])('a range: %s', (range, problem) => {
    expect(problemsOf(`{"sweep":{"pruning.rate":${range}}}`)).toContain(problem);
  });

  test('a range of whole numbers has no more values than there are, and its ends are whole', () => {
    expect(problemsOf('{"sweep":{"training.epochs":{"from":1,"to":4,"count":9}}}')).toEqual([
      '1:54 9 -> sweep["training.epochs"].count is 9, but that gives only 4 different whole numbers from 1 to 4; take fewer.',
    ]);
    expect(problemsOf('{"sweep":{"training.epochs":{"from":1.5,"to":4,"count":3}}}')).toEqual([
      '1:37 1.5 -> training.epochs is 1.5; it must be a whole number of at least 1 and at most 100000.',
    ]);
  });

  test('ranges, repeats and points are counted before any run is made', () => {
    const messageOf = (sweep: object) => parseConfig(JSON.stringify({ sweep })).problems[0]?.message;
    const range = { from: 0, to: 0.5, count: 1000 };
    expect(messageOf({ 'pruning.rate': range, 'training.optimizer.momentum': range })).toBe(
      'The sweep makes 1000000 runs; it must make at most 1000.',
    );
    expect(messageOf({ 'pruning.rate': [0.1, 0.2], repeats: 501 })).toBe(
      'The sweep makes 1002 runs; it must make at most 1000.',
    );
    expect(messageOf({ points: Array.from({ length: 1001 }, () => ({})) })).toBe(
      'The sweep makes 1001 runs; it must make at most 1000.',
    );
    expect(messageOf({ 'pruning.rate': { ...range, count: 1e300 } })).toBe(
      'The sweep makes billions of runs; it must make at most 1000.',
    );
  });

  test.each([
    [
      '"training.seed":[1,2],"repeats":3',
      '1:43 3 -> sweep.repeats is 3, and takes the seeds from training.seed on, so that training.seed can’t be tried beside it; leave one of them out.',
    ],
    [
      '"points":[{"training.seed":2}],"repeats":3',
      '1:22 "training.seed" -> sweep.repeats is 3, and takes the seeds from training.seed on, so that training.seed can’t be tried beside it; leave one of them out.',
    ],
    ['"repeats":0', '1:21 0 -> sweep.repeats is 0; it must be at least 1 and at most 1000.'],
    ['"repeat":3', '1:11 "repeat" -> Unknown setting "repeat" in the sweep; did you mean "repeats"?'],
  ])('repeats: {%s}', (sweep, problem) => {
    const problems = problemsOf(`{"sweep":{${sweep}}}`);
    expect(problems[0]?.replace('a whole number of ', '')).toBe(problem);
    expect(problems).toHaveLength(1);
  });

  test('repeats end where the seeds do', () => {
    expect(problemsOf('{"training":{"seed":4294967294},"sweep":{"repeats":3}}')).toEqual([
      '1:52 3 -> sweep.repeats is 3, but only 2 seeds are left from training.seed on, which is 4294967294; take a lower seed.',
    ]);
  });

  test.each([
    [
      '"points":[{"pruning.criterion":"l3"}]',
      '1:42 "l3" -> pruning.criterion is "l3"; it must be "l1", "l2", "fpgm", "bn-scale", "taylor" or "random".',
    ],
    [
      '"points":[{"pruning.rates":0.1}]',
      '1:22 "pruning.rates" -> Unknown setting "pruning.rates" in the sweep; did you mean "pruning.rate"?',
    ],
    ['"points":[3]', '1:21 3 -> sweep.points[0] is 3; it must be an object in braces.'],
    ['"points":[]', '1:20 [] -> sweep.points is an empty list; it must be a list of at least 1 value.'],
    [
      '"points":[{"pruning.rate":[0.1]}]',
      '1:37 [0.1] -> pruning.rate is a list; it must be a number of at least 0 and below 1.',
    ],
    [
      '"pruning.rate":[0.1,0.2],"exclude":[{"pruning.rate":0.3}]',
      '1:47 {"pruning.rate":0.3} -> This excludes nothing: no combination of the sweep has pruning.rate 0.3; leave it out, or correct it.',
    ],
    [
      '"pruning.rate":[0.1,0.2],"exclude":[{"pruning.criterion":"l2"}]',
      '1:47 {"pruning.criterion":"l2"} -> This excludes all 2 combinations of the sweep: each has pruning.criterion "l2"; leave it out, or add a value.',
    ],
    [
      '"pruning.rate":[0.1,0.2],"exclude":[{"pruning.rate":0.1},{"pruning.rate":0.2}]',
      '1:46 [{"pruning.rate":0.1},{"pruning.rate":0.2}] -> Together these exclude all 2 combinations of the sweep; leave one of them out.',
    ],
    [
      '"points":[{"pruning.rate":0.1}],"exclude":[{"pruning.rate":0.1}]',
      '1:54 {"pruning.rate":0.1} -> This excludes nothing: the sweep has no combinations, and points stay; leave it out.',
    ],
  ])('points and exclusions: {%s}', (sweep, problem) => {
    expect(problemsOf(`{"sweep":{${sweep}}}`)).toEqual([problem]);
  });

  test('many exclusions of many runs are compared in a moment', () => {
    const rates = many(1000, (at) => String(at / 1001)).join();
    const exclude = many(199, (at) => `{"pruning.rate":${(at + 1) / 1001},"training.epochs":200}`).join();
    const { config } = parseConfig(`{"sweep":{"pruning.rate":[${rates}],"exclude":[${exclude}]}}`);
    expect(config?.sweep?.exclude).toHaveLength(199);
  });

  test('null is a value where a setting takes it', () => {
    expect(problemsOf('{"sweep":{"data.limit":[null,512]}}')).toEqual([]);
  });
});
