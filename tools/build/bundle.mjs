import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";

/** zod's translations of its messages, a quarter of its text, which no schema here asks for. */
const withoutZodLocales = {
  name: "without-zod-locales",
  setup(build) {
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.(c?js|mjs)$/ }, () => ({
      contents: "export {};",
      loader: "js",
    }));
  },
};

/**
 * Bundles a TypeScript entry point into one executable file. `define` sets constants at build time.
 * Returns the path of each source file in the bundle with its share in bytes.
 */
export async function bundle({ entry, outfile, define = {} }) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    // Whitespace alone: names stay, so that an error can be traced back to its source.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: false,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
    define,
    plugins: [withoutZodLocales],
  });
  const [output] = Object.values(result.metafile.outputs);
  await replaceFile(outfile, result.outputFiles[0].contents);
  return Object.fromEntries(Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
}

/** Writes beside the file and renames: a plugin that is being started never sees half of one. */
async function replaceFile(path, contents) {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, contents);
    await chmod(temporary, 0o755);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
