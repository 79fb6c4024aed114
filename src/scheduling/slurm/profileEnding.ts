/** How the names of profiles end. */
export const profileEnding = '.slurm.json';
