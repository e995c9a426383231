/** NCCL_IB_HCA or NCCL_SOCKET_IFNAME: a list of names or of their beginnings, of which those of devices may have ports. */
export interface NameFilter {
  /** Whether the list is of what not to use. */
  readonly excludes: boolean;
  /** Whether names are whole: without "=", mlx5_1 stands for mlx5_10 too. */
  readonly exact: boolean;
  /** An empty list stands for all. */
  readonly items: readonly NameItem[];
}

export interface NameItem {
  readonly name: string;
  readonly port: number | undefined;
}

/** What a filter can name: a port of a device, or an interface. */
export interface Named {
  readonly name: string;
  readonly port?: number;
}

/** As NCCL reads it (nccl src/misc/utils.cc, parseStringList and matchIfList): "^" comes before "=". */
export function parseNameFilter(value = ""): NameFilter {
  const [, not, exact, list = ""] = /^(\^?)(=?)(.*)$/.exec(value) ?? [];
  const items = list.split(",").flatMap((item): NameItem[] => {
    const [name = "", port] = item.split(":");
    return name === "" ? [] : [{ name, port: port ? Number(port) : undefined }];
  });
  return { excludes: not === "^", exact: exact === "=", items };
}

/** Whether an item of the filter stands for it. */
export function isMeant({ exact }: NameFilter, item: NameItem, { name, port }: Named): boolean {
  const isNamed = exact ? name === item.name : name.startsWith(item.name);
  return isNamed && (item.port === undefined || port === undefined || item.port === port);
}

/** What NCCL uses of what is there. */
export function passing<One extends Named>(there: readonly One[], value: string | undefined): One[] {
  const filter = parseNameFilter(value);
  const isListed = (one: One) => filter.items.length === 0 || filter.items.some((item) => isMeant(filter, item, one));
  return there.filter((one) => isListed(one) !== filter.excludes);
}

/** Names of a list, and beginnings of names, that nothing has; a list of what not to use may name anything. */
export function missingNames(there: readonly Named[], value: string | undefined): string[] {
  const filter = parseNameFilter(value);
  const missing = filter.items.filter((item) => !there.some((one) => isMeant(filter, item, one)));
  return filter.excludes ? [] : missing.map((item) => nameOf(filter, item, there));
}

/** With the port where it is the port that is missing. */
function nameOf(filter: NameFilter, { name, port }: NameItem, there: readonly Named[]): string {
  const hasDevice = there.some((one) => isMeant(filter, { name, port: undefined }, one));
  const text = filter.exact ? name : `${name}*`;
  return hasDevice ? `${text}:${port}` : text;
}
