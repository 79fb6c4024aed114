/**
 * onnxruntime's session options (session.*) for threads that get on with other programs. None of them changes a bit of what is
 * computed. By itself, a thread that waits for the others of an operator goes on waiting in a loop for long, and beside a busy
 * program takes the core that the thread it waits for needs. Figures are in docs/performance.md, "Beside other programs".
 */
export const sharedCores = {
  intra_op: {
    /** Microseconds of waiting in a loop; less is slower on a machine with nothing else to do, more beside a busy program. */
    spin_duration_us: '20',
  },
  /** Work is handed out in parts that get smaller, about so many a thread, so that a thread without a core holds up little. */
  dynamic_block_base: '4',
} as const;
