/** One command of `npm run lab`. */
export interface Command {
  /** Its words, as the help shows them: `restore [NAME] SNAPSHOT`. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly says: string;
  /** The exit status. */
  run(args: string[]): Promise<number>;
}

/** Name of the host where none is given. */
export const DEFAULT_NAME = "hgx";
