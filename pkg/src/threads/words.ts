/**
 * What a crew and its helpers tell each other, by numbers in memory that they share. A piece is done once: whoever adds one
 * to NEXT has the piece of the number that was there. All of a job is written before NEXT is set to its first piece, and
 * none of it changes before the last piece that was taken is done; so who takes a piece reads the job that it is of.
 */

/** Grows with every job: helpers sleep on it. */
export const GENERATION = 0;
/** The next piece that nobody has taken. */
export const NEXT = 1;
/** Pieces of the job. */
export const COUNT = 2;
/** Its address in the module's memory. */
export const JOB = 3;
/** Pieces that helpers have done. */
export const DONE = 4;
/** Not 0 once one of them could not. */
export const FAILED = 5;
/** Threads that take part, the module's own among them. */
export const THREADS = 6;

/** How many these are. */
export const WORDS = 7;
