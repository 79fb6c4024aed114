/** What `sbatch --time` takes. */
export const timePattern = /^(?:\d{1,7}|\d{1,7}:\d{1,2}|\d{1,7}:\d{1,2}:\d{1,2}|\d{1,5}-\d{1,2}(?::\d{1,2}){0,2})$/;
export const timeForms = 'minutes as in "90", or hours:minutes:seconds as in "4:00:00", or days-hours as in "2-12"';
