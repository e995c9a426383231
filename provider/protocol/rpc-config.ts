import {
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type DiffRequest,
  DiffResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { sameValue } from "../../core/diff/plain";
import { Refusal } from "../../core/problems";
import { readConfig } from "./config-read";
import { encode } from "./encode";
import type { Provider } from "./provider";
import { failures } from "./rpc-check";
import { shapeOf } from "./zod-shape";

/**
 * CheckConfig: every problem at once. The answer is the configuration as it came, without defaults, so that a new version
 * with other defaults does not change the state; secret where it came secret or the schema says so.
 */
export function checkConfig({ definition }: Provider, message: CheckRequest): CheckResponse {
  const { came, secrets, problems, redact } = readConfig(definition, message.getNews());
  return new CheckResponse()
    .setInputs(encode(came, { secrets, shape: shapeOf(definition.config) }))
    .setFailuresList(failures(problems, redact));
}

/**
 * DiffConfig: compares what the settings say, however they came. Changed configuration never replaces resources, because
 * ids come from identity, not from addresses.
 */
export function diffConfig({ definition }: Provider, message: DiffRequest): DiffResponse {
  const before = readConfig(definition, message.getOldInputs() ?? message.getOlds());
  const after = readConfig(definition, message.getNews());
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  return new DiffResponse().setChanges(sameValue(before.given, after.given) ? DIFF_NONE : DIFF_SOME);
}

/** Configure: what follows works with this configuration. @throws Refusal with everything that is wrong with it */
export function configure(provider: Provider, message: ConfigureRequest): ConfigureResponse {
  const { definition } = provider;
  const { config, problems, redact } = readConfig(
    definition,
    message.getArgs() ?? fromVariables(definition.name, message),
  );
  if (problems.length > 0) {
    throw new Refusal(problems.map(({ path, message }) => ({ path, message: redact(message) })));
  }
  provider.configure(config, redact);
  return new ConfigureResponse()
    .setAcceptsecrets(true)
    .setSupportspreview(true)
    .setAcceptresources(true)
    .setAcceptoutputs(false);
}

/** What engines before `args` sent: a text for each setting, as `gpudirect:config:hosts`. */
function fromVariables(name: string, message: ConfigureRequest): Struct {
  const struct = new Struct();
  const prefix = `${name}:config:`;
  message.getVariablesMap().forEach((text: string, key: string) => {
    if (!key.startsWith(prefix)) return;
    struct.getFieldsMap().set(key.slice(prefix.length), new Value().setStringValue(text));
  });
  return struct;
}
