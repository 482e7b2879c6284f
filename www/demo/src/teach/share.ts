/**
 * The share of all questions that is to be answered, as the package takes it, where of 100 that can be taught `refuse` are to be
 * refused: what nothing is known of is never answered by the package's rule, and counts there as refused.
 */
export const engagementOf = (refuse: number, able: number, all: number): number => ((1 - refuse / 100) * able) / all;
