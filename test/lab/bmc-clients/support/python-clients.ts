import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const REQUIREMENTS = join(__dirname, "..", "requirements.txt");
const INSTALL_LIMIT_MS = 600_000;
const RUN_LIMIT_MS = 240_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Python with the clients of requirements.txt, in a folder that the first test to need it makes. */
export class PythonClients {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async ready(): Promise<PythonClients> {
    const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
    const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    const folder = join(cache, "pulumi-gpudirect", `redfish-clients-${hash}`);
    if (!existsSync(folder)) await install(folder);
    return new PythonClients(folder);
  }

  /** Runs Python; the service's certificate is the only one that it trusts. Input goes to stdin: it may hold a password. */
  async python(args: readonly string[], certificateFile: string, input = ""): Promise<Output> {
    const { program, env } = this.#interpreter();
    const promise = run(program, args, {
      timeout: RUN_LIMIT_MS,
      maxBuffer: OUTPUT_LIMIT_BYTES,
      // requests prefers this variable to what a client passes as its own CA file.
      env: { ...env, REQUESTS_CA_BUNDLE: certificateFile },
    });
    promise.child.stdin?.end(input);
    try {
      return { code: 0, ...(await promise) };
    } catch (error) {
      const { code, stdout, stderr, killed } = error as Output & { killed?: boolean };
      if (killed || typeof code !== "number") throw error;
      return { code, stdout, stderr };
    }
  }

  /** Starts Python with a service, which is to end with its standard input. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    const { program, env } = this.#interpreter();
    return spawn(program, args, { env });
  }

  #interpreter(): { program: string; env: NodeJS.ProcessEnv } {
    const inVenv = join(this.#folder, "bin", "python3");
    const isVenv = existsSync(inVenv);
    const env = {
      ...process.env,
      no_proxy: "*",
      PYTHONDONTWRITEBYTECODE: "1",
      ...(isVenv ? {} : { PYTHONPATH: this.#folder }),
    };
    return { program: isVenv ? inVenv : "python3", env };
  }

  /** The path of a program that the packages brought, to be given to Python. */
  program(name: string): string {
    return join(this.#folder, "bin", name);
  }
}

/** Made beside its place and moved there whole: a test that is cut off leaves nothing half-made. */
async function install(folder: string): Promise<void> {
  const beside = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(beside, { recursive: true, force: true });
  try {
    await fill(beside);
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

async function fill(folder: string): Promise<void> {
  const options = { timeout: INSTALL_LIMIT_MS, maxBuffer: OUTPUT_LIMIT_BYTES };
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
  try {
    await run("python3", ["-m", "venv", folder], options);
  } catch {
    // Debian's python3 comes without ensurepip, which a virtual environment needs.
    rmSync(folder, { recursive: true, force: true });
    await run("python3", [...install, "--target", folder], options);
    return;
  }
  await run(join(folder, "bin", "python3"), install, options);
}
