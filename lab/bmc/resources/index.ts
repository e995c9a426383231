import type { Resource, Route } from "../redfish/resource";
import type { Service } from "../service";
import { accountRoutes } from "./accounts";
import { biosRoutes } from "./bios";
import { chassisRoutes } from "./chassis";
import { jobRoutes } from "./jobs";
import { managerRoutes } from "./manager";
import { registryRoutes } from "./registries";
import { serviceRoot } from "./service-root";
import { sessionRoutes } from "./sessions";
import { systemRoutes } from "./system";
import { taskRoutes } from "./tasks";

/** Finds what is at a path, without the slash at its end. */
export type Find = (path: string) => Resource | undefined;

export function resourcesOf(service: Service): Find {
  const routes = [
    ...serviceRoot(service),
    ...systemRoutes(service),
    ...biosRoutes(service),
    ...registryRoutes(service),
    ...chassisRoutes(service),
    ...managerRoutes(service),
    ...jobRoutes(service),
    ...taskRoutes(service),
    ...sessionRoutes(service),
    ...accountRoutes(service),
  ];
  const fixed = new Map(routes.filter(([template]) => !template.endsWith("/{id}")));
  const families = new Map(
    routes
      .filter(([template]) => template.endsWith("/{id}"))
      .map(([template, find]): Route => [template.slice(0, -"/{id}".length), find]),
  );
  return (path) => {
    const exact = fixed.get(path);
    if (exact) return exact("");
    const slash = path.lastIndexOf("/");
    return families.get(path.slice(0, slash))?.(path.slice(slash + 1));
  };
}
