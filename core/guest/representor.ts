/**
 * Names that linux net/core/devlink.c gives to the ports of physical, virtual and sub functions and of a SmartNIC's host on
 * an embedded switch, and that are the `phys_port_name` of their net devices (linux Documentation/networking/representors.rst):
 * `pf0vf1`, `c1pf0sf2`, `pf0hpf`. A whole line, as extended expression of grep and of JavaScript alike. One rule for who
 * reads an adapter's interfaces and who sets them.
 */
export const REPRESENTOR = "(c[0-9]+)?pf[0-9]+((vf|sf)[0-9]+|hpf)?";
