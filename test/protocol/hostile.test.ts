import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import type { ServiceError } from "@grpc/grpc-js";
import type { CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import { configuration } from "./support/hostile-config";
import { domain } from "./support/hostile-domain";
import { draws } from "./support/hostile-draw";
import { extremes } from "./support/hostile-extremes";
import { type HostileInput, hostileInputs } from "./support/hostile-inputs";
import { judge, Tally } from "./support/hostile-judge";
import { mutations } from "./support/hostile-mutations";
import { HostilePlugin } from "./support/hostile-plugin";
import { settings } from "./support/hostile-settings";
import type { Subject } from "./support/hostile-subject";
import { checkBytes, structBytes } from "./support/hostile-wire";

/** A failing run is repeated with FC_SEED=<the printed seed>. */
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
type Answer = CheckResponse | ServiceError;

/** Inputs that are on their way at the same time. */
const BATCH = 25;
/** Longest answer to an input that is far too large. A careless pattern takes minutes. */
const SECONDS = 15;
/** Memory of the plugin at its most. It comes to 400 MiB: a text of 1 MiB exists in it many times over. Careless copies take gigabytes. */
const PEAK_MIB = 640;

describe("protocol: hostile inputs", () => {
  const plugins: Record<string, HostilePlugin> = {};
  before(async () => {
    const entries = { gpudirect: "../../provider/main.ts", test: "support/main.ts" };
    for (const [name, entry] of Object.entries(entries))
      plugins[name] = await HostilePlugin.start(join(__dirname, entry));
  });
  after(() => {
    for (const plugin of Object.values(plugins)) plugin.stop();
  });

  const about = [
    { subject: domain, plugin: "gpudirect", type: "gpudirect:index:Domain", runs: 3000, paths: 300, messages: 60 },
    { subject: configuration, plugin: "gpudirect", type: undefined, runs: 4000, paths: 100, messages: 30 },
    { subject: settings, plugin: "test", type: "test:index:Settings", runs: 3000, paths: 100, messages: 25 },
  ] as const;

  for (const { subject, plugin: name, type, runs, paths, messages } of about) {
    describe(subject.name, () => {
      let plugin: HostilePlugin;
      let pid: number;
      before(() => {
        plugin = plugins[name] as HostilePlugin;
        pid = plugin.pid;
      });
      const send = (inputs: object): Promise<Answer> => {
        const urn = type ? `urn:pulumi:dev::p::${type}::it` : "urn:pulumi:dev::p::pulumi:providers:gpudirect::it";
        const bytes = checkBytes(urn, structBytes(inputs));
        return plugin.send(type ? "Check" : "CheckConfig", bytes).catch((error: ServiceError) => error);
      };

      const mustPass = async () => {
        for (const sample of subject.samples) {
          const answer = await send(sample);
          deepEqual(answer instanceof Error ? answer : answer.getFailuresList().map((one) => one.toObject()), []);
        }
      };

      it("passes what is right, so that what follows is wrong in what was changed alone", mustPass);

      it(`says clearly what is wrong with each of ${runs}, and lives (seed ${seed})`, async () => {
        const tally = new Tally();
        const made = hostileInputs(subject, draws(seed));
        for (let done = 0; done < runs; done += BATCH) {
          const inputs = Array.from({ length: BATCH }, () => made.next().value);
          const answers = await Promise.all(inputs.map((input) => send(input.wire)));
          for (const [index, input] of inputs.entries()) hold(input, answers[index] as Answer, tally);
        }
        await mustPass();
        sawEnough(subject, tally, { paths, messages });
      }).timeout(120_000);

      if (subject === domain) {
        it("says what is wrong with what is far too large, in little time and memory", async () => {
          for (const input of extremes()) {
            const began = performance.now();
            hold(input, await send(input.wire), new Tally());
            ok(performance.now() - began < SECONDS * 1000, `${input.kind} took ${performance.now() - began} ms`);
          }
        });
      }

      it("has started no process, and is the one that was started", () => {
        deepEqual(plugin.started(), []);
        ok(plugin.isAlive);
        equal(plugin.pid, pid);
        equal(plugin.chatter, "");
        ok(plugin.peakMiB < PEAK_MIB, `${plugin.peakMiB} MiB`);
      });
    });
  }
});

/** Judges an answer, and says which input it is about. */
function hold(input: HostileInput, answer: Answer, tally: Tally): void {
  try {
    judge(input, answer, tally);
  } catch (error) {
    const shown = JSON.stringify(input).slice(0, 3000);
    throw new Error(`${input.kind}: ${(error as Error).message}\n${shown}`, { cause: error });
  }
}

/** A generator that makes one thing alone, or a check that says one thing alone, proves nothing. */
function sawEnough(subject: Subject, tally: Tally, least: { paths: number; messages: number }): void {
  const { kinds, paths, messages, refused } = tally;
  const common = Object.keys({ ...mutations, ...subject.nonsense }).filter((kind) => !kind.startsWith("huge"));
  for (const kind of common) ok((kinds.get(kind) ?? 0) > 1, `too few of: ${kind}`);
  ok(paths.size >= least.paths, `only ${paths.size} places`);
  ok(messages.size >= least.messages, `only ${messages.size} messages`);
  ok(refused > 50, `only ${refused} refused as a whole`);
}
