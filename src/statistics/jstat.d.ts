/** What is used of jstat, which has no types. */
declare module 'jstat' {
  export const jStat: {
    readonly studentt: {
      /** The value below which Student's t with so many degrees of freedom is with this probability. */
      inv(probability: number, degreesOfFreedom: number): number;
    };
  };
}
