/**
 * What this example uses of the SDK that `pulumi package add terraform-provider dmacvicar/libvirt` generates, written from
 * the provider's documentation (v0.9.7, docs/resources). With the generated SDK in place, delete this file.
 */
declare module "@pulumi/libvirt" {
  import type * as pulumi from "@pulumi/pulumi";

  interface PoolArgs {
    name?: pulumi.Input<string>;
    /** Such as `dir` or `logical`. */
    type: pulumi.Input<string>;
    target?: pulumi.Input<{ path?: pulumi.Input<string> }>;
  }
  /** `id` is libvirt's UUID of the pool. */
  export class Pool extends pulumi.CustomResource {
    constructor(name: string, args: PoolArgs, opts?: pulumi.CustomResourceOptions);
    readonly name: pulumi.Output<string>;
    readonly uuid: pulumi.Output<string>;
  }

  interface VolumeArgs {
    name?: pulumi.Input<string>;
    /** Name of the pool. */
    pool: pulumi.Input<string>;
    /** In bytes; taken from the content where that is given. */
    capacity?: pulumi.Input<number>;
    target?: pulumi.Input<{ format?: pulumi.Input<{ type: pulumi.Input<string> }> }>;
    backingStore?: pulumi.Input<{
      path: pulumi.Input<string>;
      format?: pulumi.Input<{ type: pulumi.Input<string> }>;
    }>;
    /** Content from a URL, or from a file of the machine that runs the provider. */
    create?: pulumi.Input<{ content: pulumi.Input<{ url: pulumi.Input<string> }> }>;
  }
  /** `id` is libvirt's key of the volume. */
  export class Volume extends pulumi.CustomResource {
    constructor(name: string, args: VolumeArgs, opts?: pulumi.CustomResourceOptions);
    readonly name: pulumi.Output<string>;
    readonly key: pulumi.Output<string>;
    readonly path: pulumi.Output<string>;
  }

  interface NetworkArgs {
    name?: pulumi.Input<string>;
    autostart?: pulumi.Input<boolean>;
    forward?: pulumi.Input<{ mode?: pulumi.Input<string> }>;
    ips?: pulumi.Input<
      pulumi.Input<{
        address?: pulumi.Input<string>;
        prefix?: pulumi.Input<number>;
        dhcp?: pulumi.Input<{
          ranges?: pulumi.Input<pulumi.Input<{ start?: pulumi.Input<string>; end?: pulumi.Input<string> }>[]>;
        }>;
      }>[]
    >;
  }
  /** `id` is libvirt's UUID of the network. */
  export class Network extends pulumi.CustomResource {
    constructor(name: string, args: NetworkArgs, opts?: pulumi.CustomResourceOptions);
    readonly name: pulumi.Output<string>;
    readonly uuid: pulumi.Output<string>;
  }

  interface CloudinitDiskArgs {
    name?: pulumi.Input<string>;
    userData: pulumi.Input<string>;
    metaData: pulumi.Input<string>;
    networkConfig?: pulumi.Input<string>;
  }
  /** An ISO image on the machine that runs the provider. */
  export class CloudinitDisk extends pulumi.CustomResource {
    constructor(name: string, args: CloudinitDiskArgs, opts?: pulumi.CustomResourceOptions);
    readonly path: pulumi.Output<string>;
    readonly size: pulumi.Output<number>;
  }
}
