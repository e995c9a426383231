// @ts-check
// Progress on standard error, one line per step; standard output stays free for results.

const live = process.stderr.isTTY === true;
const NAME_WIDTH = 9;

/** @param {number} ms */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** @param {string} text */
const draw = (text) => process.stderr.write(`\r\x1b[2K${text}`);
/** @param {string} text */
const print = (text) => process.stderr.write(`${live ? "\r\x1b[2K" : ""}${text}\n`);

/**
 * @typedef {object} Step
 * @property {(activity: string, expectedSeconds?: number) => void} doing names what takes time from now on
 * @property {(summary: string) => void} done ends the line with what is now true
 * @property {() => void} stop ends the live line without a result
 */

/**
 * @param {string} name
 * @returns {Step}
 */
export function startStep(name) {
  const begun = performance.now();
  const label = `  ${name.padEnd(NAME_WIDTH)} `;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const stop = () => {
    clearInterval(timer);
    if (live) draw("");
  };
  return {
    stop,
    doing(activity, expectedSeconds) {
      clearInterval(timer);
      const since = performance.now();
      const about = expectedSeconds === undefined ? "" : ` of about ${duration(expectedSeconds * 1000)}`;
      const state = () => `${label}${activity} … ${duration(performance.now() - since)}${about}`;
      if (live) draw(state());
      else print(`${label}${activity} …${about && ` ${about.slice(4)}`}`);
      // A terminal shows the clock running; a log gets a sign of life twice a minute.
      timer = setInterval(() => (live ? draw(state()) : print(state())), live ? 1000 : 30_000);
      timer.unref();
    },
    done(summary) {
      clearInterval(timer);
      print(`${label}${summary}  (${duration(performance.now() - begun)})`);
    },
  };
}
