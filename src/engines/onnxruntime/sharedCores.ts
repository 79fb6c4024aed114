/**
 * onnxruntime's settings for threads that get on with other programs; session.* in its list of session options. None of them
 * changes a bit of what is computed. By itself, a thread that waits for the others of an operator turns in a loop for
 * milliseconds, which beside a busy program is the time that the thread it waits for would need.
 */
export const sharedCores = {
  intra_op: {
    /** Microseconds: what waking a sleeping thread costs about, so that the many short waits of a step stay as quick. */
    spin_duration_us: '20',
  },
  /** Work is handed out in parts that get smaller, about so many a thread, so that a thread without a core holds up little. */
  dynamic_block_base: '4',
} as const;
