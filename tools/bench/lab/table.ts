import type { Series } from "./series";

/** One line of the result. */
export interface Row {
  readonly what: string;
  /** `10 of 10`, or what was measured once. */
  readonly runs: string;
  readonly values: { readonly min: number; readonly median: number; readonly max: number } | undefined;
  readonly goal: string;
  readonly missed: boolean;
}

/** Runs against a goal for their median; a run that failed misses it too. Without a goal in seconds, only failures do. */
export function rowOfRuns(what: string, { wanted, seconds }: Series, goalSeconds?: number): Row {
  const values = spread(seconds);
  const late = goalSeconds !== undefined && values !== undefined && values.median > goalSeconds;
  return {
    what,
    runs: wanted === 0 ? "not run" : `${seconds.length} of ${wanted}`,
    values,
    goal: goalSeconds === undefined ? `${wanted} of ${wanted}` : String(goalSeconds),
    missed: late || seconds.length < wanted,
  };
}

/** One measured value against the most that it may be. */
export function rowOfValue(what: string, value: number | undefined, goal: number): Row {
  return {
    what,
    runs: value === undefined ? "not run" : "once",
    values: spread(value === undefined ? [] : [value]),
    goal: String(goal),
    missed: value !== undefined && value > goal,
  };
}

/** Least, middle and most; of an even number of values the higher of the two in the middle. */
function spread(values: readonly number[]): Row["values"] {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] as number;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

export function tableText(rows: readonly Row[]): string {
  const line = (what: string, ...cells: string[]): string =>
    `${what.padEnd(34)}${cells.map((cell) => cell.padStart(10)).join("")}`;
  const number = (value: number | undefined): string => value?.toFixed(1) ?? "-";
  const lines = rows.map(({ what, runs, values, goal, missed }) => {
    const numbers = [values?.min, values?.median, values?.max].map(number);
    return `${line(what, runs, ...numbers, goal)}${missed ? "  missed" : ""}`;
  });
  return `${[line("measured", "runs", "min", "median", "max", "goal"), ...lines].join("\n")}\n`;
}
