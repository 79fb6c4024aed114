import * as z from 'zod';
import { timeForms, timePattern } from './timeText';

/**
 * The settings of a cluster, `*.slurm.json`: one source of types, validation and the JSON schema that VS Code completes by. What
 * is left out is the cluster's own default.
 */

const optionText = () => z.string().min(1).max(1000);

/** What SFP Lab says itself, because its tasks rely on it. */
const ownOptions = [
  'array',
  'chdir',
  'job-name',
  'open-mode',
  'output',
  'error',
  'parsable',
  'requeue',
  'no-requeue',
  'signal',
  'wrap',
];
/** sbatch takes the beginning of an option's name for the option. */
function isOwn(option: string): boolean {
  const name = option.slice(2).split('=')[0]!;
  return ownOptions.some((own) => own.startsWith(name));
}

const container = z
  .strictObject({
    program: optionText().default('apptainer').describe('The container program, called as `PROGRAM exec …`.'),
    image: optionText().describe('The image: a file on the shared file system.'),
    binds: z
      .array(optionText())
      .max(100)
      .default([])
      .describe('Folders that the container sees, as `FROM` or `FROM:TO`; the folder of the runs is one already.'),
    options: z
      .array(optionText())
      .max(100)
      .default([])
      .describe('More options of `exec`, such as `--nv` for NVIDIA GPUs.'),
  })
  .describe('A container that the runs are trained in.');

export const profileSchema = z
  .strictObject({
    partition: optionText().optional().describe('`sbatch --partition`'),
    account: optionText().optional().describe('`sbatch --account`'),
    qos: optionText().optional().describe('`sbatch --qos`'),
    constraint: optionText().optional().describe('`sbatch --constraint`: features that a node must have.'),
    time: z
      .string()
      .regex(timePattern, `must be ${timeForms}`)
      .optional()
      .describe(
        `\`sbatch --time\`: ${timeForms}. A run that takes longer writes a checkpoint and waits for its next turn.`,
      ),
    gres: optionText().optional().describe('`sbatch --gres`, such as `gpu:1`.'),
    cpus: z.int().min(1).max(10_000).optional().describe('`sbatch --cpus-per-task`'),
    memory: z
      .string()
      .regex(/^\d{1,9}[KMGT]?$/, 'must be megabytes, or a number with K, M, G or T, as in "8G"')
      .optional()
      .describe('`sbatch --mem`, such as `8G`.'),
    maxParallel: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('So many runs are trained at once; all if left out.'),
    graceSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(120)
      .describe(
        'So long before its time is over a run is asked to write its checkpoint. Slurm may ask up to a minute earlier.',
      ),
    options: z
      .array(
        optionText()
          .regex(/^--[a-z]/, 'must begin with -- and a letter, as in "--exclusive" or "--mail-type=END"')
          .refine(
            (option) => !isOwn(option),
            `must be none of those that SFP Lab sets itself (--${ownOptions.join(', --')})`,
          ),
      )
      .max(100)
      .default([])
      .describe('More options of `sbatch`, each in one text, such as `--mail-type=END`.'),
    modules: z.array(optionText()).max(100).default([]).describe('Loaded by `module load`, one after another.'),
    container: container.optional(),
    node: optionText()
      .optional()
      .describe('The Node program where runs are trained; the one that submits if left out.'),
    program: optionText()
      .optional()
      .describe("SFP Lab's `dist/cli.js` where runs are trained; the one that submits if left out."),
    environment: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and _'),
        z.string().max(10_000),
      )
      .default({})
      .describe('Environment variables of the training.'),
    cache: optionText()
      .optional()
      .describe('Folder for decoded data sets, such as a fast disk of the node (`SFP_LAB_CACHE`).'),
    scratch: optionText().optional().describe('Folder for temporary files (`TMPDIR`).'),
  })
  .describe('A cluster that runs are submitted to by `sfp submit --profile`.');

/** The settings of a cluster with their defaults. */
export type Profile = z.infer<typeof profileSchema>;

export const defaultProfile: Profile = profileSchema.parse({});

/** The JSON schema (draft 7) of `*.slurm.json`, as VS Code takes it for hover texts, completion and validation. */
export function profileJsonSchema(): object {
  const schema = z.toJSONSchema(profileSchema, { target: 'draft-7', io: 'input' });
  return { ...schema, title: 'SFP Lab Slurm profile', allowTrailingCommas: true };
}
