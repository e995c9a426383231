import {
  type CheckRequest,
  CheckResponse,
  ConfigureResponse,
  type DiffRequest,
  DiffResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { type PlainObject, sameValue } from "../../core/diff/plain";
import { checkShape } from "./check";
import { encode } from "./encode";
import { type Provider, Request } from "./provider";
import { failures } from "./rpc-check";
import { shapeOf } from "./zod-shape";

/** What the engine itself puts beside a provider's configuration. */
const enginesOwn = new Set(["version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal"]);

/** CheckConfig: configuration that the provider does not have is refused by name. */
export function checkConfig(provider: Provider, message: CheckRequest): CheckResponse {
  const { config } = provider.definition;
  const shape = shapeOf(config);
  const request = new Request(provider, message.getUrn(), [message.getNews()], shape);
  const { value, secrets } = request.part(0);
  const [own, engines] = split(value);
  const { inputs, problems } = checkShape(config, own);
  return new CheckResponse()
    .setInputs(encode({ ...engines, ...inputs }, { secrets, shape }))
    .setFailuresList(failures(problems, request.redact));
}

/** DiffConfig: changed configuration never replaces resources, because ids come from identity, not from addresses. */
export function diffConfig(provider: Provider, message: DiffRequest): DiffResponse {
  const request = new Request(provider, message.getUrn(), [
    message.getOldInputs() ?? message.getOlds(),
    message.getNews(),
  ]);
  const [[before], [after]] = [split(request.part(0).value), split(request.part(1).value)];
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  return new DiffResponse().setChanges(sameValue(before, after) ? DIFF_NONE : DIFF_SOME);
}

export function configure(): ConfigureResponse {
  return new ConfigureResponse()
    .setAcceptsecrets(true)
    .setSupportspreview(true)
    .setAcceptresources(true)
    .setAcceptoutputs(false);
}

function split(config: PlainObject): [PlainObject, PlainObject] {
  const entries = Object.entries(config);
  const own = entries.filter(([key]) => !enginesOwn.has(key));
  return [Object.fromEntries(own), Object.fromEntries(entries.filter(([key]) => enginesOwn.has(key)))];
}
