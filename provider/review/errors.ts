/** Something in the input or the arguments that a person has to put right. */
export class ReviewError extends Error {}
