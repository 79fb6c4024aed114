/**
 * What tells the C library of a process that is started with it to keep the memory that it has used, instead of giving large
 * blocks back after every step of training and having each page of them made anew at the next: on virtual machines that takes
 * longer than the computing. Only glibc, Linux's usual one, knows these (mallopt(3)); elsewhere there is nothing to tell. Results
 * do not depend on it.
 */
export const keptMemory: Readonly<Record<string, string>> =
  process.platform === 'linux'
    ? {
        MALLOC_MMAP_MAX_: '0',
        MALLOC_TRIM_THRESHOLD_: '100000000000',
        MALLOC_TOP_PAD_: '67108864',
      }
    : {};
